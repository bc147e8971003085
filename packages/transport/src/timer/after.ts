import { Observable } from "rxjs";
import { startLongTimer } from "./long-timer.js";

/**
 * Emits once, `delayMs` milliseconds after subscribe, and completes. Unlike `timer` of rxjs it waits longer than the
 * platform's timers can (2^31 - 1 ms); `Infinity` never emits.
 */
export function after(delayMs: number): Observable<void> {
  return new Observable((subscriber) =>
    startLongTimer(delayMs, () => {
      subscriber.next();
      subscriber.complete();
    }),
  );
}
