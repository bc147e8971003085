import type { ExecutionEvent } from "@rxsandbox/protocol";
import { Observable, takeWhile, type OperatorFunction } from "rxjs";
import { envelopeError } from "./envelope-error.js";
import { createEventDecoder, type EventDecoderOptions } from "./event-decoder.js";

/**
 * Decodes the chunks of one execution stream into events, synchronously inside each chunk's `next`.
 *
 * Producer: subscribes to the source; each subscription has its own decoder. Emits: every event of the stream, pings
 * and events of unknown type included. Completes: at the clean end of the source. Whether the execution has ended is
 * not judged here. Errors: `execution-failed`, `execution-timed-out` or `invalid-state` for the server's error envelope
 * (its code kept), `protocol` for a frame that is not an event, `stream-truncated` when the source ends inside a frame,
 * `event-too-large`, and what the source errors with. Unsubscribe: unsubscribes from the source; nothing is emitted
 * after it, not even from the same chunk. Bounds: holds one unfinished event of at most `maxEventBytes`.
 */
export function decodeEvents(options: EventDecoderOptions): OperatorFunction<Uint8Array, ExecutionEvent> {
  return (source) =>
    new Observable((subscriber) => {
      const decoder = createEventDecoder(options, {
        event: (event) => subscriber.next(event),
        envelope: (envelope) => {
          decoder.stop();
          subscriber.error(envelopeError(envelope));
        },
      });
      subscriber.add(() => decoder.stop());
      subscriber.add(
        // A synchronous source goes on after this subscriber has closed: its own subscription does not exist yet.
        source.pipe(takeWhile(() => !subscriber.closed)).subscribe({
          next: (chunk) => {
            try {
              decoder.push(chunk);
            } catch (error) {
              subscriber.error(error);
            }
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            try {
              decoder.end();
              subscriber.complete();
            } catch (error) {
              subscriber.error(error);
            }
          },
        }),
      );
    });
}
