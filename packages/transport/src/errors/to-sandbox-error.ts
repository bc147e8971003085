import type { TransportFailureKind } from "../ports/transport.js";
import { ProtocolError } from "./errors.js";
import { SandboxError, isSandboxError, type SandboxErrorCode } from "./sandbox-error.js";
import { isTransportFailure } from "./transport-failure.js";

/** Where something failed, for the message. */
export interface ErrorContext {
  /** Present tense: `Create sandbox`. */
  readonly what: string;
  readonly method?: string;
  /** Below the endpoint's base, without query: bases and queries may carry tokens. */
  readonly path?: string;
  readonly requestId?: string | undefined;
  /** How often it was sent. */
  readonly attempts?: number;
}

const failures: Readonly<Record<TransportFailureKind, readonly [SandboxErrorCode, string]>> = {
  connect: ["network", "no connection"],
  reset: ["network", "the connection broke"],
  timeout: ["timeout", "no answer in time"],
  redirect: ["protocol", "the server answered with a redirect, which is never followed"],
  malformed: ["protocol", "the answer is not valid HTTP"],
  "too-large": ["limit-exceeded", "the answer is too large"],
  unsupported: ["unsupported", "this platform cannot do it"],
  closed: ["closed", "the client was closed"],
};

/** Makes an error of this library of whatever was thrown or notified; one that already is goes through as it is. */
export function toSandboxError(thrown: unknown, context: ErrorContext): SandboxError {
  if (isSandboxError(thrown)) return thrown;
  const { requestId, attempts } = context;
  if (isTransportFailure(thrown)) {
    const [code, problem] = failures[thrown.kind] ?? ["network", "the exchange failed"];
    const reason = systemCode(thrown);
    const options = { cause: thrown, requestId, attempts, retryable: code === "network" || code === "timeout" };
    const message = errorMessage(context, code, reason === undefined ? problem : `${problem} (${reason})`);
    return code === "protocol" ? new ProtocolError(message, options) : new SandboxError(code, message, options);
  }
  return new SandboxError("network", errorMessage(context, "network", "the exchange failed"), { cause: thrown, requestId, attempts });
}

/** `<what failed>: <METHOD> <path> [<code>]`, then what is known of the cause. */
export function errorMessage({ what, method, path }: ErrorContext, code: SandboxErrorCode, detail = ""): string {
  const call = method === undefined ? "" : ` ${method}${path === undefined ? "" : ` ${path}`}`;
  return `${what}:${call} [${code}]${detail === "" ? "" : `: ${detail}`}`;
}

/** `ECONNREFUSED` and the like: tells more than any sentence, and never holds an address. */
function systemCode(failure: Error): string | undefined {
  for (let error: unknown = failure.cause, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth += 1) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  }
  return undefined;
}
