import { catchError, concatMap, defer, map, of, throwError, type Observable } from "rxjs";
import { isSandboxError, type Api } from "@rxsandbox/transport";
import { hasStatus, ignoreNotFound, retryWithPause } from "@rxsandbox/transport/calls";
import { getInfo, sandboxPath } from "./sandbox-calls.js";

const REREADS = 5;
const REREAD_MS = 200;

/**
 * Deletes a sandbox; 404 fails with `not-found`. Another delete or an expiry under way is waited for (`lifecycle.md`
 * 4).
 */
export function killSandbox(api: Api, id: string): Observable<void> {
  return api
    .empty({ what: "Kill sandbox", method: "DELETE", path: sandboxPath(id) })
    .pipe(
      catchError((error: unknown) =>
        hasStatus(error, 500, "DELETE_FAILED") ? untilGone(api, id, error) : throwError(() => error),
      ),
    );
}

/** The same for somebody who wants it gone: one that is gone already is success. */
export function ensureKilled(api: Api, id: string): Observable<void> {
  return killSandbox(api, id).pipe(ignoreNotFound());
}

/**
 * While a delete runs a real server refuses the next one with 500 and shows `Failed` for up to a second (divergence
 * L12).
 */
function untilGone(api: Api, id: string, refusal: unknown): Observable<void> {
  return defer(() => getInfo(api, id)).pipe(
    map(({ status }) => status.state === "Terminated"),
    catchError((error: unknown) => (isSandboxError(error, "not-found") ? of(true) : throwError(() => error))),
    concatMap((isGone) => (isGone ? of(undefined) : throwError(() => refusal))),
    retryWithPause((error, { attempt }) => (error === refusal && attempt <= REREADS ? REREAD_MS * attempt : undefined)),
  );
}
