import { ApiError, isSandboxError, type Api, type SandboxError } from "@rxsandbox/transport";
import { catchError, throwError, type MonoTypeOperatorFunction } from "rxjs";
import { CredentialVaultConflictError } from "./vault/credential-vault-conflict-error.js";

/** The texts of `egress.md` 3.5, 4.1 and 4.2, and what to do about each. */
const advice: readonly (readonly [status: number, text: RegExp, advice: string])[] = [
  [
    400,
    /^credential vault policy validation:/,
    "the vault binds credentials to hosts that this change would no longer allow: change the bindings first",
  ],
  [404, /^credential vault not found$/, "create the vault first; it is also lost when the sidecar restarts"],
  [409, /^credential vault already exists$/, "patch it, or delete it first"],
  [412, /^credential proxy is not ready$/, "the interception process is still starting: try again later"],
  [412, /auth token$/, "the sidecar runs without an auth token: its operator has to set one"],
  [
    412,
    /transparent mitmproxy$/,
    "create the sandbox with credentialProxy: { enabled: true } besides its networkPolicy",
  ],
  [
    412,
    /insecure upstream TLS/,
    "the operator has switched off the verification of upstream certificates, and secrets are not sent to whoever answers",
  ],
  [
    426,
    /./,
    "the sidecar saw a plain connection from another address: a vault is written over TLS or from the sandbox's own loopback, as Docker endpoints are; direct Kubernetes endpoints are neither",
  ],
  [502, /./, "a sandbox that was created without networkPolicy has no egress sidecar"],
];

const CHANGED = "somebody else changed the vault: get it and patch again with its revision";
const revisions = /^expectedRevision (-?\d+) does not match current revision (\d+)$/;

/**
 * The API of a sidecar that says what to do about an error answer, which is a bare text (`egress.md` 1); all other
 * errors go through as they are.
 */
export function createExplainedApi(api: Api): Api {
  return {
    ...api,
    json: (request, parse) => api.json(request, parse).pipe(explain()),
    empty: (request) => api.empty(request).pipe(explain()),
  };
}

function explain<T>(): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) =>
    throwError(() => (isSandboxError(error) && error.status !== undefined ? explained(error, error.status) : error)),
  );
}

function explained(error: SandboxError, status: number): SandboxError {
  const text = typeof error.body === "string" ? error.body.trim() : "";
  const [, expected, current] = (status === 409 && revisions.exec(text)) || [];
  if (expected !== undefined && current !== undefined) {
    return new CredentialVaultConflictError(
      { ...error.text, advice: CHANGED },
      Number(expected),
      Number(current),
      optionsOf(error),
    );
  }
  const found = advice.find(([wanted, pattern]) => wanted === status && (wanted === 502 || pattern.test(text)));
  return found === undefined ? error : new ApiError(error.code, { ...error.text, advice: found[2] }, optionsOf(error));
}

function optionsOf({
  serverCode,
  serverMessage,
  status,
  requestId,
  retryable,
  attempts,
  cause,
  body,
  code,
}: SandboxError): ConstructorParameters<typeof ApiError>[2] {
  return {
    serverCode,
    serverMessage,
    status,
    requestId,
    retryable: retryable || code === "unavailable",
    attempts,
    cause,
    body,
  };
}
