import { AsyncSubject, Subject, defer, share, startWith, switchMap, take, tap, type Observable } from "rxjs";

/** A value that is looked up when it is asked for, shared by those who ask meanwhile, and kept for a while. */
export interface Remembered<T> {
  /**
   * Emits the value and completes. A failure is not kept; the work is aborted when the last of those who wait
   * unsubscribes.
   */
  readonly value$: Observable<T>;
  /** Milliseconds of the clock from which a new one takes its place; never while the work is under way. */
  staleAt(): number;
  /** Starts a running look-up again, also for its current subscribers; a value that was found is stale from now on. */
  forget(): void;
}

/**
 * Starts with nothing; `staleAt` says until which millisecond of the clock a value is good, given when the work for it
 * began.
 */
export function remembered<T>(
  work: () => Observable<T>,
  staleAt: (value: T, startedAt: number) => number,
): Remembered<T> {
  const again = new Subject<void>();
  let startedAt = 0;
  let goodUntil = Infinity;
  const attempt = defer(() => {
    startedAt = Date.now();
    goodUntil = Infinity;
    return work();
  });
  return {
    staleAt: () => goodUntil,
    value$: again.pipe(
      startWith(undefined),
      switchMap(() => attempt),
      take(1),
      tap({ next: (value) => (goodUntil = staleAt(value, startedAt)), error: () => (goodUntil = 0) }),
      // An AsyncSubject gives the value when the work is over: who unsubscribes at the value then no longer aborts it
      // for the others.
      share({
        connector: () => new AsyncSubject(),
        resetOnComplete: false,
        resetOnError: true,
        resetOnRefCountZero: true,
      }),
    ),
    forget: () => {
      goodUntil = 0;
      again.next();
    },
  };
}
