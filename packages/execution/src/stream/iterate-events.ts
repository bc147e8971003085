import type { Observable, Subscription } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import type { Flow } from "@rxsandbox/transport";
import { integerFrom } from "@rxsandbox/transport/calls";

const DEFAULT_HIGH_WATER_MARK = 1024;
const readHighWaterMark = integerFrom(1);

/**
 * Turns a stream into its pull form.
 *
 * Each iterator subscribes at its first `next`. At `highWaterMark` waiting events the socket is paused, at a quarter of
 * it resumed. `return`, which `break` calls, unsubscribes.
 */
export function iterateEvents(
  source: (onFlow: (flow: Flow) => void) => Observable<ExecutionEvent>,
  highWaterMark = DEFAULT_HIGH_WATER_MARK,
): AsyncIterable<ExecutionEvent> {
  readHighWaterMark("highWaterMark", highWaterMark);
  return { [Symbol.asyncIterator]: () => createIterator(source, highWaterMark) };
}

type Pull = {
  readonly resolve: (result: IteratorResult<ExecutionEvent, undefined>) => void;
  readonly reject: (error: unknown) => void;
};

function createIterator(
  source: (onFlow: (flow: Flow) => void) => Observable<ExecutionEvent>,
  highWaterMark: number,
): AsyncIterator<ExecutionEvent, undefined> {
  const lowWaterMark = Math.floor(highWaterMark / 4);
  const waiting = createQueue<ExecutionEvent>();
  const pulls = createQueue<Pull>();
  let subscription: Subscription | undefined;
  let flow: Flow | undefined;
  let isPaused = false;
  let end: { readonly error?: unknown; readonly isError: boolean } | undefined;

  function start(): void {
    subscription = source((given) => (flow = given)).subscribe({
      next: (event) => {
        const pull = pulls.take();
        if (pull !== undefined) {
          pull.resolve({ done: false, value: event });
          return;
        }
        waiting.add(event);
        if (!isPaused && waiting.size() >= highWaterMark && flow !== undefined) {
          isPaused = true;
          flow.pause();
        }
      },
      error: (error: unknown) => settle({ error, isError: true }),
      complete: () => settle({ isError: false }),
    });
  }

  function settle(given: { readonly error?: unknown; readonly isError: boolean }): void {
    end = given;
    for (let pull = pulls.take(); pull !== undefined; pull = pulls.take()) finish(pull);
  }

  /** The error comes out once; after it the iterator is at its end, as iterators are. */
  function finish({ resolve, reject }: Pull): void {
    if (end?.isError === true) {
      const { error } = end;
      end = { isError: false };
      reject(error);
    } else {
      resolve({ done: true, value: undefined });
    }
  }

  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (subscription === undefined && end === undefined) start();
        const event = waiting.take();
        if (event !== undefined) {
          if (isPaused && waiting.size() <= lowWaterMark) {
            isPaused = false;
            flow?.resume();
          }
          resolve({ done: false, value: event });
        } else if (end !== undefined) finish({ resolve, reject });
        else pulls.add({ resolve, reject });
      }),
    return: () => {
      waiting.clear();
      subscription?.unsubscribe();
      settle({ isError: false });
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

/** First in, first out, without moving the rest at each take. */
function createQueue<T>(): { add(value: T): void; take(): T | undefined; size(): number; clear(): void } {
  let values: T[] = [];
  let taken = 0;
  return {
    add: (value) => void values.push(value),
    take: () => {
      if (taken === values.length) return undefined;
      const value = values[taken]!;
      taken += 1;
      if (taken === values.length || taken >= 1024) {
        values = values.slice(taken);
        taken = 0;
      }
      return value;
    },
    size: () => values.length - taken,
    clear: () => {
      values = [];
      taken = 0;
    },
  };
}
