import { Subscription } from "rxjs";
import { apiError } from "../errors/api-error.js";
import { contentEncoding, encodedBodyError } from "../errors/content-encoding.js";
import type { StreamHead, StreamPart, Transport } from "../ports/transport.js";
import { startLongTimer } from "../timer/long-timer.js";
import type { Attempt, AttemptSink, SendAttempt } from "./attempt.js";
import { lostAttempt } from "./send-request.js";

const MAX_ERROR_BYTES = 64 * 1024;
const ERROR_BODY_TIMEOUT_MS = 5000;

/**
 * Sends a call whose answer is a stream. Of an error answer at most 64 KiB are read for at most 5 s; whatever ends that
 * reading, what was read by then is the error's body.
 */
export function sendOpen(transport: Transport): SendAttempt<StreamPart> {
  return (attempt, sink) => {
    const subscription = new Subscription();
    let refusal: Refusal | undefined;
    let hasHead = false;
    subscription.add(
      transport.open(attempt.request).subscribe({
        next: (part) => {
          if (part.kind === "chunk") {
            if (refusal === undefined) sink.next(part);
            else refusal.add(part.bytes);
            return;
          }
          hasHead = true;
          attempt.onHead(part.status, part.headers);
          const encoding = contentEncoding(part.headers);
          if (part.status < 200 || part.status >= 300) refusal = readRefusal(part, attempt, sink, subscription);
          else if (encoding === undefined) sink.next(part);
          else
            sink.fail({
              error: encodedBodyError(attempt.context(), encoding, part.status),
              sent: true,
              status: part.status,
              isFinal: true,
            });
        },
        error: (thrown: unknown) => {
          if (refusal !== undefined) return refusal.end();
          const failure = lostAttempt(thrown, attempt);
          sink.fail({ ...failure, isFinal: failure.sent || hasHead });
        },
        complete: () => {
          if (refusal === undefined) sink.complete();
          else refusal.end();
        },
      }),
    );
    return subscription;
  };
}

interface Refusal {
  add(bytes: Uint8Array): void;
  end(): void;
}

function readRefusal(
  { status, headers }: StreamHead,
  attempt: Attempt,
  sink: AttemptSink<StreamPart>,
  subscription: Subscription,
): Refusal {
  const kept = new Uint8Array(MAX_ERROR_BYTES);
  let size = 0;
  let isEnded = false;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    // An answer proves that the call was sent: a stream is never asked for twice.
    sink.fail({
      error: apiError({ status, headers, body: kept.subarray(0, size) }, attempt.context(), attempt.redactor()),
      sent: true,
      status,
      isFinal: true,
    });
    subscription.unsubscribe();
  };
  subscription.add(startLongTimer(ERROR_BODY_TIMEOUT_MS, end));
  // A body that cannot be read says nothing: there is no reason to wait for it.
  if (contentEncoding(headers) !== undefined) end();
  return {
    end,
    add: (bytes) => {
      const part = bytes.subarray(0, MAX_ERROR_BYTES - size);
      kept.set(part, size);
      size += part.byteLength;
      if (size === MAX_ERROR_BYTES) end();
    },
  };
}
