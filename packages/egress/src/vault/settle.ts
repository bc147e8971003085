import { startLongTimer } from "@rxsandbox/transport";
import { Observable, concatMap, identity, type MonoTypeOperatorFunction } from "rxjs";

/**
 * Holds back the answer of a vault write until the sidecar's interception must have dropped the vault that it had
 * cached (`egress.md` 4.8).
 *
 * Errors pass at once. Unsubscribe stops the wait; the write has happened.
 */
export function settle<T>(settleMs: number): MonoTypeOperatorFunction<T> {
  return settleMs === 0 ? identity : concatMap((answer) => answerAfter(answer, settleMs));
}

function answerAfter<T>(answer: T, delayMs: number): Observable<T> {
  return new Observable((subscriber) =>
    startLongTimer(delayMs, () => {
      subscriber.next(answer);
      subscriber.complete();
    }),
  );
}
