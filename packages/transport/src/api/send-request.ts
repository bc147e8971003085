import { apiError } from "../errors/api-error.js";
import { ProtocolError } from "../errors/errors.js";
import { toSandboxError } from "../errors/to-sandbox-error.js";
import { isTransportFailure } from "../errors/transport-failure.js";
import type { ApiResponse } from "../ports/api.js";
import type { Transport } from "../ports/transport.js";
import type { AttemptFailure, Attempt, SendAttempt } from "./attempt.js";

/** Bytes of an error body that are looked at when all of it is there anyway. */
const MAX_ERROR_BYTES = 1024 * 1024;

/** Sends a call whose answer is read as a whole. */
export function sendRequest(transport: Transport): SendAttempt<ApiResponse> {
  return (attempt, sink) => {
    let isAnswered = false;
    return transport.request(attempt.request).subscribe({
      next: ({ status, headers, body }) => {
        isAnswered = true;
        const requestId = attempt.onHead(status, headers);
        if (status >= 200 && status < 300) {
          sink.next({ status, headers, body, requestId });
          return;
        }
        const error = apiError(
          { status, headers, body: body.subarray(0, MAX_ERROR_BYTES) },
          attempt.context(),
          attempt.redactor(),
        );
        sink.fail({ error, sent: true, status });
      },
      error: (thrown: unknown) => sink.fail(lostAttempt(thrown, attempt)),
      complete: () => {
        if (isAnswered) sink.complete();
        else
          sink.fail({
            error: new ProtocolError({ ...attempt.context(), detail: "the exchange ended without an answer" }),
            sent: true,
            isFinal: true,
          });
      },
    });
  };
}

/** What a failure below HTTP means. */
export function lostAttempt(thrown: unknown, attempt: Attempt): AttemptFailure {
  const error = toSandboxError(thrown, attempt.context());
  // Repeating helps against a network, not against a defect, a wrong header or a closed client.
  return { error, sent: !isTransportFailure(thrown) || thrown.sent, isFinal: !error.retryable };
}
