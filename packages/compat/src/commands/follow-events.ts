import { firstValueFrom } from "rxjs";
import {
  abortWith,
  toWireEvent,
  type ExecutionEvent,
  type Sandbox as Handle,
  type StartOptions,
} from "@rxsandbox/client";
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

/**
 * The two events of a background start (`execd.md` 2.4). An abort before the start is known ends the command;
 * afterwards it runs on.
 */
export async function* startEvents(
  handle: Handle,
  command: string,
  options: StartOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExecutionEvent, void, undefined> {
  const start = handle.commands.start(command, options);
  const { id } = await firstValueFrom(signal === undefined ? start : start.pipe(abortWith(signal)));
  yield { type: "init", id, timestamp: Date.now() };
  yield { type: "execution_complete", executionTimeMs: 0, timestamp: Date.now() };
}
