import { concatMap, first, timeout, timer, type Observable } from "rxjs";

/** Asks every 50 ms until an answer satisfies, and emits that one; errors after 10 s. */
export function poll<T>(ask: () => Observable<T>, satisfies: (value: T) => boolean): Observable<T> {
  return timer(0, 50).pipe(concatMap(ask), first(satisfies), timeout(10_000));
}
