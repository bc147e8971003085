import { AsyncSubject, Observable } from "rxjs";
import type { Api } from "../ports/api.js";
import type { CleanupSubject, Scope } from "../ports/scope.js";
import type { ApiConnection } from "./connection.js";

/**
 * Does work that is never aborted once it was subscribed to: after an unsubscribe, or when the client closes, it goes
 * on in the background, and its failure is reported as `cleanup-failed` of the subject.
 */
export function completeInBackground<T>(
  { cleanupApi, scope }: ApiConnection,
  subject: CleanupSubject,
  work: (api: Api) => Observable<T>,
): Observable<T> {
  return scope.guard(outliving(work(cleanupApi), scope, () => subject));
}

/**
 * The same without the guard. `undo` says what the scope has to do about an outcome that nobody receives; nothing but
 * to wait for it when absent. `subject` is asked for at the unsubscribe.
 */
export function outliving<T>(
  work: Observable<T>,
  scope: Pick<Scope, "cleanup">,
  subject: () => CleanupSubject,
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
      void scope.cleanup(subject(), undo(rest));
    };
  });
}
