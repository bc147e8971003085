import { isRetryable } from "@rxsandbox/protocol";
import type { Redactor } from "../redaction/redactor.js";
import { readErrorBody } from "./error-body.js";
import { errorCode } from "./error-code.js";
import { ApiError, ProtocolError } from "./errors.js";
import type { SandboxError } from "./sandbox-error.js";
import { errorMessage, type ErrorContext } from "./to-sandbox-error.js";

/** Makes the error for an answer outside 2xx, of whatever body; a redirect is a protocol error, since it is never followed. */
export function apiError(status: number, body: Uint8Array, context: ErrorContext, redactor: Redactor): SandboxError {
  const { requestId, attempts } = context;
  if (status < 400) {
    const problem = status >= 300 ? `the server answered with a redirect (${status}), which is never followed` : `unexpected status ${status}`;
    return new ProtocolError(errorMessage(context, "protocol", problem), { status, requestId, attempts });
  }
  const answer = readErrorBody(body, redactor);
  const code = errorCode({ status, ...answer });
  return new ApiError(code, errorMessage(context, code, answer.message === "" ? `status ${status}` : answer.message), {
    status,
    requestId,
    attempts,
    serverCode: answer.serverCode,
    serverMessage: answer.message === "" ? undefined : answer.message,
    body: answer.body,
    retryable: isRetryable({ status, method: "GET", sent: true }),
  });
}
