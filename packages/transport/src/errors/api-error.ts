import { httpDateMs, isRetryable, retryAfterSeconds } from "@rxsandbox/protocol";
import type { TransportResponse } from "../ports/transport.js";
import type { Redactor } from "../redaction/redactor.js";
import { contentEncoding } from "./content-encoding.js";
import { readErrorBody } from "./error-body.js";
import { errorCode } from "./error-code.js";
import { ApiError, ProtocolError } from "./errors.js";
import type { SandboxError } from "./sandbox-error.js";
import type { ErrorContext } from "./to-sandbox-error.js";

/**
 * Makes the error for an answer outside 2xx, of whatever body; a redirect is a protocol error, since it is never
 * followed.
 */
export function apiError(
  { status, headers, body }: TransportResponse,
  context: ErrorContext,
  redactor: Redactor,
): SandboxError {
  const { requestId, attempts } = context;
  if (status < 400) {
    const detail =
      status >= 300
        ? `the server answered with a redirect (${status}), which is never followed`
        : `unexpected status ${status}`;
    return new ProtocolError({ ...context, detail }, { status, requestId, attempts });
  }
  const answer = readErrorBody(contentEncoding(headers) === undefined ? body : new Uint8Array(), redactor);
  const serverMessage = answer.message === "" ? undefined : answer.message;
  const code = errorCode({ status, ...answer });
  const waitSeconds = retryAfterSeconds(headers["retry-after"], httpDateMs(headers["date"]) ?? Date.now());
  const detail = serverMessage ?? `the server answered with status ${status}`;
  return new ApiError(
    code,
    { ...context, detail, advice: adviceFor(status, context, waitSeconds) },
    {
      status,
      requestId,
      attempts,
      serverCode: answer.serverCode,
      serverMessage,
      body: answer.body,
      retryable: isRetryable({ status, method: "GET", sent: true }),
      retryAfterSeconds: waitSeconds,
    },
  );
}

function adviceFor(status: number, { access }: ErrorContext, waitSeconds: number | undefined): string | undefined {
  if (waitSeconds !== undefined) return `try again in ${waitSeconds} s`;
  // The server's proxy has no connection to the sandbox (lifecycle.md 9).
  if (status === 502 && access === "proxy")
    return 'the server cannot reach the sandbox: if it runs and you can, create the client with access: "direct"';
  return undefined;
}
