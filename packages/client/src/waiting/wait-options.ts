import { Observable } from "rxjs";
import { SandboxError, isSandboxError, isSandboxGone, startLongTimer } from "@rxsandbox/transport";
import { mayPass } from "@rxsandbox/transport/calls";

/** Options of {@link waitForFile}. */
export interface WaitOptions {
  /** Seconds after which it errors with `timeout`; 60 when absent. */
  readonly timeoutSeconds?: number;
}

/** Milliseconds to wait unless told otherwise. */
export const DEFAULT_WAIT_MS = 60_000;

/** Between two probes: a fifth of the time waited so far within these bounds. */
export const PROBE_PACE = { minMs: 100, maxMs: 2000 } as const;

/** What is known while a probe says "not yet". */
export interface Probing {
  /** The last reason, for the error. */
  cause?: SandboxError;
}

/** Whether an answer means "not yet": it is noted, and the next probe follows. Everything else ends the wait. */
export function isNotYet(probing: Probing, error: unknown, isExpected: (error: SandboxError) => boolean): boolean {
  if (!isSandboxError(error) || isSandboxGone(error) || !(isExpected(error) || mayPass(error))) return false;
  probing.cause = error;
  return true;
}

/** Emits the first value of `work` and completes, or errors with `timeout`, with the last reason as its cause. */
export function firstWithin<T>(
  work: Observable<T>,
  { what, timeoutMs, probing }: { readonly what: string; readonly timeoutMs: number; readonly probing: Probing },
): Observable<T> {
  return new Observable((subscriber) => {
    subscriber.add(
      startLongTimer(timeoutMs, () => {
        const { cause } = probing;
        const reason = cause === undefined ? "" : `: ${cause.message}`;
        const text = { what, detail: `not there after ${timeoutMs / 1000} s${reason}` };
        subscriber.error(new SandboxError("timeout", text, { cause }));
      }),
    );
    subscriber.add(
      work.subscribe({
        next: (value) => {
          subscriber.next(value);
          subscriber.complete();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
  });
}
