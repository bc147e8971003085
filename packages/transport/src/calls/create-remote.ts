import { EMPTY, catchError, concatMap, defer, finalize, ignoreElements, throwError, type Observable } from "rxjs";
import type { ApiRequest } from "../ports/api.js";
import type { CleanupSubject } from "../ports/scope.js";
import { outliving } from "./complete-in-background.js";
import type { ApiConnection } from "./connection.js";
import { mayHaveBegun } from "./may-have-begun.js";

/** What to create, and how to undo it. */
export interface RemoteCreation<T> {
  readonly call: ApiRequest;
  readonly parse: (value: unknown) => T;
  /** Names what may be left behind while its id is not known; `requestId` is that of the call. */
  readonly subject: (requestId: string) => CleanupSubject;
  /** Removes what was created; success where it is gone. */
  readonly remove: (created: T) => Observable<unknown>;
  /**
   * Removes what a call created whose answer does not tell: subscribed to in the background when the call fails so that
   * it may have begun. When absent, that is reported as `cleanup-failed` if nobody waits for the error any more.
   */
  readonly removeLost?: () => Observable<unknown>;
}

/**
 * Creates something on the server and emits it, undoing what nobody receives.
 *
 * Producer: each subscription sends the call, once the address is known. Unsubscribe before the address is known drops
 * the call; after it the answer is awaited in the background, and what was created is removed. A call that waits for
 * its next attempt is not sent again after an unsubscribe. Errors: those of the call; `closed` when the client closes,
 * which undoes it in the same way.
 */
export function createRemote<T>({ scope, cleanupApi }: ApiConnection, creation: RemoteCreation<T>): Observable<T> {
  const { call, parse, subject, remove, removeLost } = creation;
  const created = defer(() => {
    let isWanted = true;
    let requestId = "";
    const beforeAttempt = (id: string): boolean => {
      requestId = id;
      return isWanted && call.beforeAttempt?.(id) !== false;
    };
    const sent = cleanupApi.json({ ...call, beforeAttempt }, parse);
    const undo = (outcome: Observable<T>): Observable<unknown> =>
      outcome.pipe(
        catchError((error: unknown) => {
          if (!mayHaveBegun(error)) return EMPTY;
          return removeLost === undefined ? throwError(() => error) : removeLost().pipe(ignoreElements());
        }),
        concatMap(remove),
      );
    return outliving(sent, scope, () => subject(requestId), undo).pipe(
      catchError((error: unknown) => {
        if (removeLost !== undefined && mayHaveBegun(error)) void scope.cleanup(subject(requestId), removeLost());
        return throwError(() => error);
      }),
      finalize(() => {
        isWanted = false;
      }),
    );
  });
  return scope.guard(defer(() => cleanupApi.target()).pipe(concatMap(() => created)));
}
