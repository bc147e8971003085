import {
  ProtocolError,
  SandboxError,
  SandboxGoneError,
  StreamStalledError,
  StreamTruncatedError,
  isTransportFailure,
  toSandboxError,
  type ApiRequest,
  type SandboxErrorCode,
} from "@rxsandbox/transport";

/** What is known of a stream when it fails. */
export interface StreamContext {
  readonly call: ApiRequest;
  /** The server's where it sent one, else ours. */
  readonly requestId: string;
  /** Id of what runs, once `init` has come: it still gives access to the state after the stream is lost. */
  readonly id: string | undefined;
  /** What that is the id of; a command when absent. */
  readonly subject?: string | undefined;
}

/**
 * Puts the error of a stream into its context: the call, the request id, the id of what runs, and whether its outcome
 * is known.
 *
 * After `init` it is not retryable any more, whatever its cause: the command has begun, and running it again is not
 * getting it back (`measured.md` 2.1). Only code that a busy context refused has not begun.
 */
export function streamError(thrown: unknown, context: StreamContext): SandboxError {
  const {
    call: { what, method, path },
    requestId,
    id,
  } = context;
  const error = toSandboxError(thrown, { what, method, path, requestId });
  // A refusal: nothing runs, and it says all there is to say.
  if (id === undefined && error.status !== undefined) return error;
  const { code, serverCode, serverMessage, status, attempts, cause, body, retryAfterSeconds } = error;
  const text = {
    ...error.text,
    what: nameOf(what, context),
    method,
    path,
    advice: outcomeAdvice(error, context) ?? error.text.advice,
  };
  const options = {
    serverCode,
    serverMessage,
    status,
    attempts,
    cause,
    body,
    retryAfterSeconds,
    requestId: error.requestId ?? requestId,
    retryable: (id === undefined || code === "invalid-state") && error.retryable,
    ...idOf(context),
  };
  if (error instanceof StreamTruncatedError) return new StreamTruncatedError(text, error, options);
  if (error instanceof StreamStalledError) return new StreamStalledError(text, error, options);
  if (error instanceof ProtocolError) return new ProtocolError(text, options);
  if (error instanceof SandboxGoneError) return new SandboxGoneError(text, error, options);
  return new SandboxError(code, text, options);
}

function idOf({ id, subject = "command" }: StreamContext): {
  readonly commandId?: string;
  readonly sessionId?: string;
  readonly contextId?: string;
} {
  if (id === undefined) return {};
  return subject === "session" ? { sessionId: id } : subject === "context" ? { contextId: id } : { commandId: id };
}

/** A session's id is in the path already. */
function nameOf(what: string, context: StreamContext): string {
  const { commandId, contextId } = idOf(context);
  if (commandId !== undefined) return `${what} ${commandId}`;
  return contextId === undefined ? what : `${what} in context ${contextId}`;
}

const LOST_CODES: ReadonlySet<SandboxErrorCode> = new Set(["stream-truncated", "stream-stalled", "network", "timeout"]);

/** What a lost stream leaves open. */
function outcomeAdvice(error: SandboxError, context: StreamContext): string | undefined {
  const { commandId } = idOf(context);
  const isLost = LOST_CODES.has(error.code);
  // No connection: the advice is about that.
  if (!isLost || (isTransportFailure(error.cause) && error.cause.kind === "connect")) return undefined;
  if (commandId !== undefined)
    return `its outcome is unknown: read it with commands.getStatus(${JSON.stringify(commandId)})`;
  return "its outcome is unknown: running it again may do its work twice";
}
