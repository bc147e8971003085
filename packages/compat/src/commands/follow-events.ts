import { toWireEvent, type ExecutionEvent } from "@rxsandbox/client";
import { toException } from "../errors/to-exception.js";
import type { ServerStreamEvent } from "../models/execution.js";

/**
 * Turns a run of the client into the events of the official SDK.
 *
 * Leaving the loop and an abort end the run at once; an abort rejects with the signal's reason as soon as the consumer
 * asks for more.
 */
export async function* followEvents(
  what: string,
  start: () => AsyncIterable<ExecutionEvent>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServerStreamEvent, void, undefined> {
  signal?.throwIfAborted();
  let iterator: AsyncIterator<ExecutionEvent> | undefined;
  const end = (): void => void iterator?.return?.();
  signal?.addEventListener("abort", end);
  try {
    iterator = start()[Symbol.asyncIterator]();
    for (;;) {
      const step = await iterator.next();
      signal?.throwIfAborted();
      if (step.done === true) return;
      yield { ...toWireEvent(step.value) } as ServerStreamEvent;
      signal?.throwIfAborted();
    }
  } catch (error) {
    throw toException(error, what);
  } finally {
    signal?.removeEventListener("abort", end);
    end();
  }
}
