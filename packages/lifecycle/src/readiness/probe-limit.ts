import { Observable, Subscription } from "rxjs";

/** Runs work under a limit of how much of it runs at a time. */
export type ProbeLimit = <T>(work: Observable<T>) => Observable<T>;

/**
 * Creates a limit; what comes too early waits in order of subscription, and leaves the queue when it is unsubscribed.
 */
export function createProbeLimit(maxConcurrent: number): ProbeLimit {
  let running = 0;
  const waiting = new Set<() => void>();

  function release(): void {
    running -= 1;
    for (const start of waiting) {
      waiting.delete(start);
      start();
      break;
    }
  }

  return (work) =>
    new Observable((subscriber) => {
      const subscription = new Subscription();
      const start = () => {
        running += 1;
        subscription.add(release);
        subscription.add(work.subscribe(subscriber));
      };
      if (running < maxConcurrent) {
        start();
      } else {
        waiting.add(start);
        subscription.add(() => waiting.delete(start));
      }
      return subscription;
    });
}
