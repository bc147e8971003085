import type { Observable, Subscription } from "rxjs";
import { SandboxError } from "@rxsandbox/transport";
import type { PieceReader } from "./piece-reader.js";

/**
 * Reads an Observable piece by piece. It cannot be slowed down: what it is ahead waits, and more than
 * `maxBufferedBytes` ends it with `limit-exceeded`. Cancelling unsubscribes.
 */
export function observedPieces(
  argument: string,
  observable: Observable<unknown>,
  maxBufferedBytes: number,
): PieceReader {
  const waiting: unknown[] = [];
  let waitingBytes = 0;
  let wake: () => void = () => undefined;
  let end: { readonly error?: unknown; readonly isError: boolean } | undefined;
  const settle = (given: typeof end): void => {
    end ??= given;
    wake();
  };
  let subscription: Subscription | undefined;
  const subscribe = (): Subscription =>
    observable.subscribe({
      next: (piece) => {
        if (end !== undefined) return;
        waiting.push(piece);
        waitingBytes += sizeOf(piece);
        if (waitingBytes > maxBufferedBytes) {
          waiting.length = 0;
          settle({
            isError: true,
            error: new SandboxError("limit-exceeded", {
              what: "Write files",
              detail: `${argument} was more than ${maxBufferedBytes} bytes ahead of the connection`,
            }),
          });
          // Not assigned yet while it still emits synchronously.
          subscription?.unsubscribe();
        } else wake();
      },
      error: (error: unknown) => settle({ isError: true, error }),
      complete: () => settle({ isError: false }),
    });

  return {
    next: async () => {
      if (subscription === undefined) {
        subscription = subscribe();
        if (end !== undefined) subscription.unsubscribe();
      }
      while (waiting.length === 0 && end === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
      if (waiting.length > 0) {
        const value = waiting.shift();
        waitingBytes -= sizeOf(value);
        return { done: false, value };
      }
      if (end?.isError === true) throw end.error;
      return { done: true, value: undefined };
    },
    cancel: () => {
      subscription?.unsubscribe();
      waiting.length = 0;
      settle({ isError: false });
    },
  };
}

/** Of a text what it takes in memory at least. */
function sizeOf(piece: unknown): number {
  if (typeof piece === "string") return piece.length;
  return (piece as { readonly byteLength?: number } | undefined)?.byteLength ?? 0;
}
