import { ApiError, type SandboxErrorOptions } from "@rxsandbox/transport";

/** A patch expected a revision that is no longer the vault's (`egress.md` 4.5); nothing was changed. Its code is `conflict`. */
export class CredentialVaultConflictError extends ApiError {
  readonly expectedRevision: number;
  /** The revision that the server named. */
  readonly currentRevision: number;
  constructor(message: string, expectedRevision: number, currentRevision: number, options: SandboxErrorOptions = {}) {
    super("conflict", message, options);
    this.expectedRevision = expectedRevision;
    this.currentRevision = currentRevision;
  }
}
