import { AsyncSubject, Observable } from "rxjs";
import type { CleanupSubject, Scope } from "../ports/scope.js";

/**
 * The same work, but never aborted once subscribed: an unsubscribe before its end hands what is under way to the client's scope.
 *
 * `undo` says what the scope then has to do about the outcome; by default nothing but to wait for it.
 */
export function carryThrough<T>(
  work: Observable<T>,
  scope: Pick<Scope, "cleanup">,
  subject: CleanupSubject,
  undo: (outcome: Observable<T>) => Observable<unknown> = (outcome) => outcome,
): Observable<T> {
  return new Observable((subscriber) => {
    const outcome = new AsyncSubject<T>();
    const running = work.subscribe(outcome);
    // An AsyncSubject delivers at its end only: from its first notification on the outcome belongs to the subscriber.
    let isDelivered = false;
    const delivery = outcome.subscribe({
      next: (value) => {
        isDelivered = true;
        subscriber.next(value);
      },
      error: (error: unknown) => {
        isDelivered = true;
        subscriber.error(error);
      },
      complete: () => {
        isDelivered = true;
        subscriber.complete();
      },
    });
    return () => {
      delivery.unsubscribe();
      if (isDelivered) return;
      const rest = new Observable<T>((late) => {
        const waiting = outcome.subscribe(late);
        waiting.add(running);
        return waiting;
      });
      void scope.cleanup(subject, undo(rest));
    };
  });
}
