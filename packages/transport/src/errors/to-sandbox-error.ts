import type { AccessPath } from "../ports/endpoint-source.js";
import type { TransportFailureKind } from "../ports/transport.js";
import type { ErrorText } from "./error-text.js";
import { ProtocolError } from "./errors.js";
import { SandboxError, isSandboxError, type SandboxErrorCode } from "./sandbox-error.js";
import { isTransportFailure } from "./transport-failure.js";

/** Where something failed, for the message. */
export interface ErrorContext extends Pick<ErrorText, "method" | "path"> {
  /** Present tense: `Create sandbox`. */
  readonly what: string;
  readonly requestId?: string | undefined;
  /** How often it was sent. */
  readonly attempts?: number;
  /** `host[:port]` that was asked, without anything secret. */
  readonly address?: string | undefined;
  /** How that address was found; absent for one that the caller gave. */
  readonly access?: AccessPath | undefined;
  /** Milliseconds that were waited for an answer. */
  readonly timeoutMs?: number | undefined;
}

const codes: Readonly<Record<TransportFailureKind, SandboxErrorCode>> = {
  connect: "network",
  reset: "network",
  timeout: "timeout",
  redirect: "protocol",
  malformed: "protocol",
  "too-large": "limit-exceeded",
  unsupported: "unsupported",
  closed: "closed",
};

/** Makes an error of this library of whatever was thrown or notified; one that already is goes through as it is. */
export function toSandboxError(thrown: unknown, context: ErrorContext): SandboxError {
  if (isSandboxError(thrown)) return thrown;
  const { requestId, attempts } = context;
  if (!isTransportFailure(thrown)) {
    return new SandboxError(
      "network",
      { ...context, detail: "the exchange failed" },
      { cause: thrown, requestId, attempts },
    );
  }
  const code = codes[thrown.kind] ?? "network";
  const system = systemCode(thrown);
  const text = {
    ...context,
    detail: `${describe(thrown.kind, context)}${system === undefined ? "" : ` (${system})`}`,
    advice: thrown.kind === "connect" && context.access === "direct" ? USE_PROXY : undefined,
  };
  const options = { cause: thrown, requestId, attempts, retryable: code === "network" || code === "timeout" };
  return code === "protocol" ? new ProtocolError(text, options) : new SandboxError(code, text, options);
}

/** A server hands out addresses of its own network, which is not always the caller's. */
const USE_PROXY = 'if sandboxes cannot be reached from here, create the client with access: "proxy"';

function describe(kind: TransportFailureKind, { address = "the server", timeoutMs }: ErrorContext): string {
  switch (kind) {
    case "connect":
      return `cannot connect to ${address}`;
    case "reset":
      return `the connection to ${address} broke`;
    case "timeout":
      return `no answer from ${address} ${timeoutMs === undefined ? "in time" : `within ${timeoutMs / 1000} s`}`;
    case "redirect":
      return `${address} answered with a redirect, which is never followed`;
    case "malformed":
      return `the answer of ${address} is not valid HTTP`;
    case "too-large":
      return "the answer is too large";
    case "unsupported":
      return "this platform cannot do it";
    case "closed":
      return "the client was closed";
    default:
      return "the exchange failed";
  }
}

/** `ECONNREFUSED` and the like: more exact than a sentence, and never an address. */
function systemCode(failure: Error): string | undefined {
  // Where tests have a realm of their own, as in Jest, the errors of the platform are of another one.
  let { cause } = failure;
  for (let depth = 0; depth < 4 && typeof cause === "object" && cause !== null; depth += 1) {
    const { code, cause: next } = cause as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
    cause = next;
  }
  return undefined;
}
