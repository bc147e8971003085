import { composeMessage, type ErrorText } from "./error-text.js";

/** Why something failed: a closed set whose members never change their meaning. */
export type SandboxErrorCode =
  /** An argument is wrong; nothing was sent. Thrown at the call. */
  | "invalid-argument"
  /** 401: the key is missing or wrong. */
  | "unauthorized"
  /** 403. */
  | "forbidden"
  /** 404: the sandbox, file, command or session does not exist. */
  | "not-found"
  /** 409: a conflict with the present content, for example a stale revision. */
  | "conflict"
  /** The sandbox, or a code context that is busy, is in a state that does not allow the call. */
  | "invalid-state"
  /** 400 or 422: the server refused the request. */
  | "invalid-request"
  /** 413 or 416 and the like: a limit or a range. */
  | "limit-exceeded"
  /** 501, 412, 426, or the platform cannot do it. */
  | "unsupported"
  /** 429 or 503. */
  | "unavailable"
  /** Any other error status. */
  | "server-error"
  /** No connection, or it broke. */
  | "network"
  /** No answer in time. */
  | "timeout"
  /** The sandbox did not become ready in time. */
  | "ready-timeout"
  /** The sandbox failed or ended before it was ready. */
  | "sandbox-failed"
  /** The server could not make the snapshot. */
  | "snapshot-failed"
  /** An answer that breaks the protocol: wrong shape, redirect, unparsable frame. */
  | "protocol"
  /** A stream ended without its end event. */
  | "stream-truncated"
  /** A stream is open, but nothing comes. */
  | "stream-stalled"
  /** A start was sent, but its answer was lost: the work may have begun, and nothing names it. */
  | "outcome-unknown"
  /** The server reported a failure inside a stream. */
  | "execution-failed"
  /** The same, and it says that the time was up. */
  | "execution-timed-out"
  /** An event is larger than `maxEventBytes`. */
  | "event-too-large"
  /** A command ended other than with exit code 0, and the caller asked to have that as an error. */
  | "command-failed"
  /** A resource may have been left behind. */
  | "cleanup-failed"
  /** The client was closed. */
  | "closed";

export interface SandboxErrorOptions {
  /** Verbatim from the server; an open set. */
  readonly serverCode?: string | undefined;
  /** What the server said, in one line without secrets. */
  readonly serverMessage?: string | undefined;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly attempts?: number | undefined;
  readonly cause?: unknown;
  /** Already redacted. */
  readonly body?: unknown;
  /** Seconds after which the server wants to be asked again: its `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined;
  readonly commandId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly contextId?: string | undefined;
}

const brand = Symbol.for("rxsandbox.dev/SandboxError");

/**
 * The base of every error of this library. Recognise it with {@link isSandboxError}, which also works across duplicate
 * installs.
 */
export class SandboxError extends Error {
  /** A literal in each class, so that it survives minification. */
  override readonly name: string = "SandboxError";
  readonly code: SandboxErrorCode;
  readonly serverCode: string | undefined;
  /**
   * What the server said, in one line of at most 300 characters without secrets; the part of `message` that is the
   * server's own.
   */
  readonly serverMessage: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** How often the call was sent. */
  readonly attempts: number;
  /** The server's answer with secrets replaced; not enumerable, so that it stays out of logs. */
  declare readonly body: unknown;
  /** Seconds after which the server wants to be asked again: its `Retry-After`, measured when the answer came. */
  declare readonly retryAfterSeconds: number | undefined;
  /** The command whose stream failed, once the server had told its id: its state can still be asked for. */
  declare readonly commandId: string | undefined;
  /** The session whose run failed. */
  declare readonly sessionId: string | undefined;
  /** The code context whose run failed. */
  declare readonly contextId: string | undefined;
  /** What `message` is composed of; not enumerable. */
  declare readonly text: ErrorText;

  /** `message` is composed of `text`, a string being its detail, and of the code in brackets at its end. */
  constructor(code: SandboxErrorCode, text: string | ErrorText, options: SandboxErrorOptions = {}) {
    const parts: ErrorText = typeof text === "string" ? { detail: text } : text;
    super(composeMessage(code, parts), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.serverCode = options.serverCode;
    this.serverMessage = options.serverMessage;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryable = options.retryable ?? false;
    this.attempts = options.attempts ?? 1;
    const { retryAfterSeconds, commandId, sessionId, contextId } = options;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
    if (commandId !== undefined) this.commandId = commandId;
    if (sessionId !== undefined) this.sessionId = sessionId;
    if (contextId !== undefined) this.contextId = contextId;
    Object.defineProperty(this, "body", { value: options.body, enumerable: false });
    Object.defineProperty(this, "text", { value: parts, enumerable: false });
    Object.defineProperty(this, brand, { value: true, enumerable: false });
  }
}

/**
 * Tells whether a value is an error of this library, of whatever copy and realm, and with the given code if one is
 * given.
 */
export function isSandboxError(value: unknown, code?: SandboxErrorCode): value is SandboxError {
  return (
    typeof value === "object" &&
    value !== null &&
    brand in value &&
    (code === undefined || (value as unknown as SandboxError).code === code)
  );
}
