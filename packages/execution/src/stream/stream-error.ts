import { ProtocolError, SandboxError, StreamTruncatedError, toSandboxError, type ApiRequest } from "@rxsandbox/transport";

/** What is known of a stream when it fails. */
export interface StreamContext {
  readonly call: ApiRequest;
  /** The server's where it sent one, else ours. */
  readonly requestId: string;
  /** Id of the command or session, once `init` told it: who lost the stream can still ask for its state. */
  readonly id: string | undefined;
}

/**
 * Puts the error of a stream into its context: request id, and the id of what runs.
 *
 * After `init` it is not retryable any more, whatever its cause: the command has begun, and running it again is not getting it back
 * (`measured.md` 2.1). Only code that a busy context refused has not begun.
 */
export function streamError(thrown: unknown, { call, requestId, id }: StreamContext): SandboxError {
  const error = toSandboxError(thrown, { what: call.what, method: call.method, path: call.path, requestId });
  if (id === undefined && error.requestId !== undefined) return error;
  const { code, serverCode, serverMessage, status, attempts, cause, body } = error;
  const message = id === undefined ? error.message : `${error.message} (id ${id})`;
  const options = { serverCode, serverMessage, status, attempts, cause, body, requestId: error.requestId ?? requestId, retryable: (id === undefined || code === "invalid-state") && error.retryable };
  if (error instanceof StreamTruncatedError) return new StreamTruncatedError(message, error, options);
  if (error instanceof ProtocolError) return new ProtocolError(message, options);
  return new SandboxError(code, message, options);
}
