import { ApiError, type ErrorText, type SandboxErrorOptions } from "@rxsandbox/transport";

/**
 * A patch expected a revision that is no longer the vault's (`egress.md` 4.5); nothing was changed. Its code is
 * `conflict`.
 */
export class CredentialVaultConflictError extends ApiError {
  override readonly name: string = "CredentialVaultConflictError";
  readonly expectedRevision: number;
  /** The revision that the server named. */
  readonly currentRevision: number;
  constructor(
    text: string | ErrorText,
    expectedRevision: number,
    currentRevision: number,
    options: SandboxErrorOptions = {},
  ) {
    super("conflict", text, options);
    this.expectedRevision = expectedRevision;
    this.currentRevision = currentRevision;
  }
}
