import type { Observable, Subscription } from "rxjs";
import type { FilePart } from "./file-parts.js";

/** Where the head of a download goes that is pulled. */
export type OnTotal = (totalBytes: number | undefined) => void;

/**
 * Turns a download into its pull form; each chunk owns its bytes.
 *
 * Subscribes at the first `next`. At `highWaterMark` waiting bytes the connection is paused, at a quarter of it
 * resumed. `return` unsubscribes.
 */
export function pulledBytes(
  parts: Observable<FilePart>,
  highWaterMark: number,
  onTotal: OnTotal = () => undefined,
): AsyncIterator<Uint8Array, undefined> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let pulls: Pull[] = [];
  let subscription: Subscription | undefined;
  let flow: Extract<FilePart, { kind: "head" }>["flow"] | undefined;
  let isPaused = false;
  let end: { readonly error?: unknown; readonly isError: boolean } | undefined;

  const settle = (given: { readonly error?: unknown; readonly isError: boolean }): void => {
    end ??= given;
    for (const pull of pulls.splice(0)) finish(pull);
  };
  /** The error comes out once; after it the iterator is at its end, as iterators are. */
  const finish = ({ resolve, reject }: Pull): void => {
    if (end?.isError !== true) return resolve({ done: true, value: undefined });
    const { error } = end;
    end = { isError: false };
    reject(error);
  };
  const take = (part: FilePart): void => {
    if (part.kind === "head") {
      flow = part.flow;
      onTotal(part.totalBytes);
      return;
    }
    const bytes = part.bytes.slice();
    const pull = pulls.shift();
    if (pull !== undefined) return pull.resolve({ done: false, value: bytes });
    waiting.push(bytes);
    waitingBytes += bytes.byteLength;
    if (isPaused || waitingBytes < highWaterMark) return;
    isPaused = true;
    flow?.pause();
  };

  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (subscription === undefined && end === undefined) {
          subscription = parts.subscribe({
            next: take,
            error: (error: unknown) => settle({ error, isError: true }),
            complete: () => settle({ isError: false }),
          });
        }
        const bytes = waiting.shift();
        if (bytes === undefined) {
          pulls.push({ resolve, reject });
          if (end !== undefined) settle(end);
          return;
        }
        waitingBytes -= bytes.byteLength;
        resolve({ done: false, value: bytes });
        if (!isPaused || waitingBytes > highWaterMark / 4) return;
        isPaused = false;
        flow?.resume();
      }),
    return: () => {
      waiting = [];
      subscription?.unsubscribe();
      end = { isError: false };
      settle(end);
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

interface Pull {
  readonly resolve: (result: IteratorResult<Uint8Array, undefined>) => void;
  readonly reject: (error: unknown) => void;
}
