import { defer, retry, throwError, type MonoTypeOperatorFunction } from "rxjs";
import { after } from "../timer/after.js";

/** A try that failed. */
export interface FailedTry {
  /** Counts from 1. */
  readonly attempt: number;
  /** Milliseconds since the first try began. */
  readonly elapsedMs: number;
}

/**
 * Repeats work that failed, after a pause.
 *
 * `pauseMs` returns the milliseconds until the next try, of any length, or `undefined` to pass the error on. Each
 * subscription counts for itself. Unsubscribe aborts the try or the pause. The pause is not guarded: on a connection
 * that closes, the next try errors with `closed`.
 */
export function retryWithPause<T>(
  pauseMs: (error: unknown, failed: FailedTry) => number | undefined,
): MonoTypeOperatorFunction<T> {
  return (work) =>
    defer(() => {
      const startedAt = performance.now();
      return work.pipe(
        retry({
          delay: (error: unknown, attempt) => {
            const waitMs = pauseMs(error, { attempt, elapsedMs: performance.now() - startedAt });
            return waitMs === undefined ? throwError(() => error) : after(waitMs);
          },
        }),
      );
    });
}
