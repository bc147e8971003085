import { catchError, defer, of, throwError, type Observable } from "rxjs";
import { VAULT_SETTLE_MS } from "@rxsandbox/protocol";
import { namePathSegment } from "@rxsandbox/transport";
import { hasStatus, readNonNegative, readOptions, type ApiConnection } from "@rxsandbox/transport/calls";
import type { EgressOptions } from "../egress-options.js";
import type { CredentialVaultCreateRequest, CredentialVaultPatchRequest } from "./credential-vault-requests.js";
import {
  parseBinding,
  parseBindings,
  parseCredential,
  parseCredentials,
  parseVaultState,
  type CredentialBindingMetadata,
  type CredentialMetadata,
  type CredentialVaultState,
} from "./credential-vault-state.js";
import { readCreateRequest, readPatchRequest, secretsOf } from "./read-vault-requests.js";
import { settle } from "./settle.js";
import { waitUntilReady } from "./wait-until-ready.js";

/**
 * Credentials that the sidecar puts into requests of the sandbox, which never sees them (`egress.md` 4). It needs a
 * sandbox created with `credentialProxy: { enabled: true }`.
 *
 * A write waits up to 30 s for an interception process that is still starting, unless the client never repeats
 * (`retry: false`).
 *
 * A write emits when it is in force: the sidecar uses the vault that it read before for up to 500 ms after its answer
 * (`egress.md` 4.8), so `create`, `patch` and `delete` emit `VAULT_SETTLE_MS` after the answer. The client's option
 * `vaultSettleMs` and the call's option `settleMs` change that; with 0 the caller has to wait. Errors are not held
 * back. Unsubscribe during the wait does not undo the write.
 */
export interface CredentialVault {
  /**
   * Creates the vault; emits its state. Errors `conflict` when there is one. Unsubscribe aborts the request, which may
   * have taken effect.
   */
  create(request: CredentialVaultCreateRequest, options?: VaultWriteOptions): Observable<CredentialVaultState>;
  /** Emits the state, without secrets. Errors `not-found` when there is no vault. */
  get(): Observable<CredentialVaultState>;
  /**
   * Changes the vault, all or nothing; emits the new state, whose revision is one more even if nothing was asked for.
   *
   * Errors with a `CredentialVaultConflictError` when `expectedRevision` is not the vault's, `not-found` when there is
   * no vault. Unsubscribe aborts the request, which may have taken effect.
   */
  patch(request: CredentialVaultPatchRequest, options?: VaultWriteOptions): Observable<CredentialVaultState>;
  /**
   * Removes the vault, whatever its revision; emits when it is gone. Errors `not-found` when there is none.
   *
   * Unsubscribe aborts the request, which may have taken effect.
   */
  delete(options?: VaultWriteOptions): Observable<void>;
  /** Emits what is shown of the credentials, sorted by name. */
  listCredentials(): Observable<readonly CredentialMetadata[]>;
  /** Emits what is shown of one credential; fails with `not-found` without it. */
  getCredential(name: string): Observable<CredentialMetadata>;
  /** Emits what is shown of the bindings, sorted by name. */
  listBindings(): Observable<readonly CredentialBindingMetadata[]>;
  /** Emits what is shown of one binding; fails with `not-found` without it. */
  getBinding(name: string): Observable<CredentialBindingMetadata>;
}

const PATH = "/credential-vault";
const READY_TIMEOUT_MS = 30_000;

/** Creates the calls. */
export function createCredentialVault(
  { api, scope, onSecret }: ApiConnection,
  { vaultReadyTimeoutMs = READY_TIMEOUT_MS, vaultSettleMs }: EgressOptions,
): CredentialVault {
  const read = <T>(what: string, path: string, parse: (value: unknown) => T): Observable<T> =>
    api.json({ what, method: "GET", path }, parse);
  // As a whole: it waits before it repeats a write, and after it.
  const write = <T>(work: Observable<T>, options: VaultWriteOptions | undefined): Observable<T> =>
    scope.guard(work.pipe(waitUntilReady(vaultReadyTimeoutMs), settle(readSettleMs(options ?? {}, vaultSettleMs))));
  const send = (
    what: string,
    method: "POST" | "PATCH",
    json: CredentialVaultCreateRequest | CredentialVaultPatchRequest,
    options: VaultWriteOptions | undefined,
  ): Observable<CredentialVaultState> =>
    write(
      defer(() => {
        const secrets = secretsOf(json);
        // Later answers must not show them either.
        for (const secret of secrets) onSecret?.(secret);
        return api.json({ what, method, path: PATH, json, secrets }, parseVaultState);
      }),
      options,
    );
  return {
    create: (request, options) => send("Create credential vault", "POST", readCreateRequest(request), options),
    get: () => read("Get credential vault", PATH, parseVaultState),
    patch: (request, options) => send("Patch credential vault", "PATCH", readPatchRequest(request), options),
    delete: (options) =>
      write(
        api.empty({ what: "Delete credential vault", method: "DELETE", path: PATH }).pipe(catchError(goneBefore)),
        options,
      ),
    listCredentials: () => read("List credentials", `${PATH}/credentials`, parseCredentials),
    getCredential: (name) =>
      read("Get credential", `${PATH}/credentials/${namePathSegment("name", name)}`, parseCredential),
    listBindings: () => read("List credential bindings", `${PATH}/bindings`, parseBindings),
    getBinding: (name) =>
      read("Get credential binding", `${PATH}/bindings/${namePathSegment("name", name)}`, parseBinding),
  };
}

/** A delete that was sent again, because its first answer was lost, finds nothing. */
function goneBefore(error: unknown): Observable<void> {
  return hasStatus(error, 404) && error.attempts > 1 ? of(undefined) : throwError(() => error);
}

/** How one write of a credential vault behaves. */
export interface VaultWriteOptions {
  /**
   * Milliseconds between the sidecar's answer and the emission; that of the client, `VAULT_SETTLE_MS` (500), when
   * absent. With 0 the write emits at once, and requests of the sandbox may carry the old credentials for up to 500 ms
   * more.
   */
  readonly settleMs?: number;
}

/** Reads the time that a write waits after its answer, or throws. */
export function readSettleMs(options: VaultWriteOptions, clientSettleMs: number = VAULT_SETTLE_MS): number {
  return readOptions(options, { settleMs: readNonNegative }).settleMs ?? clientSettleMs;
}
