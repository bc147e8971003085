import type { SandboxErrorCode } from "./sandbox-error.js";

/** What an error answer says, as far as its code depends on it. */
export interface ErrorAnswer {
  readonly status: number;
  /** Verbatim, for example `DOCKER::SANDBOX_NOT_PAUSED`. */
  readonly serverCode?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * Ends of codes by which a 409 is about the state of a sandbox or snapshot, not about its content (`lifecycle.md` 1.1).
 */
const stateCodes: ReadonlySet<string> = new Set([
  "SANDBOX_NOT_RUNNING",
  "SANDBOX_NOT_PAUSED",
  "INVALID_STATE",
  "INVALID_SOURCE_STATE",
  "NOT_READY",
  "INVALID_EXPIRATION",
]);
/** Ends of codes by which a 400 is about what this runtime cannot do at all (`lifecycle.md` 1.1). */
const incapableCodes: ReadonlySet<string> = new Set([
  "API_NOT_SUPPORTED",
  "UNSUPPORTED_POOL_REF",
  "NOT_SUPPORTED",
  "INVALID_STATE",
]);

/** What execd says of code for which the sandbox has no language runtime (execd.md 5). */
const incapableMessage =
  /\b(?:unknown language: |unsupported language |language runtime server not configured\b|no kernel found for language: )/;

/** Finds the code of an error status (`lifecycle.md` 1.1, `execd.md` 1 and 2.4, `egress.md` 1). */
export function errorCode({ status, serverCode = "", message = "" }: ErrorAnswer): SandboxErrorCode {
  const suffix = serverCode.slice(serverCode.lastIndexOf(":") + 1);
  switch (status) {
    case 400:
      // execd answers a log request for an unknown command so (execd.md 3.2).
      if (/\bcommand not found\b/.test(message)) return "not-found";
      return incapableCodes.has(suffix) ? "unsupported" : "invalid-request";
    case 422:
      return "invalid-request";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
    case 410:
      return "not-found";
    case 409:
      return stateCodes.has(suffix) ? "invalid-state" : "conflict";
    case 412:
      // The interception process is still starting (egress.md 4.1).
      return /\bnot ready\b/.test(message) ? "unavailable" : "unsupported";
    case 405:
    case 426:
    case 501:
      return "unsupported";
    case 413:
    case 414:
    case 416:
    case 431:
      return "limit-exceeded";
    case 429:
    case 503:
      return "unavailable";
    case 500:
      // A run in an unknown session, or an unknown code context (execd.md 2.4).
      if (/\bcontext not found\s*$/.test(message)) return "not-found";
      return incapableMessage.test(message) ? "unsupported" : "server-error";
    default:
      return "server-error";
  }
}
