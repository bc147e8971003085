import { defer, retry, throwError, type Observable } from "rxjs";
import { after, type Api } from "@rxsandbox/transport";
import { ignoreNotFound } from "@rxsandbox/transport/calls";
import { hasServerCode } from "../calls/has-server-code.js";
import { deleteSnapshot } from "./snapshot-calls.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 4000;
/** Milliseconds of waiting in all, after which the refusal is passed on. */
const WAIT_MS = 60_000;

/**
 * Deletes a snapshot that nobody wants any more; one that is gone already is success.
 *
 * A server refuses to delete what it is still creating (`lifecycle.md` 7): the delete is repeated, at growing
 * distances, for at most one minute of waiting.
 */
export function discardSnapshot(api: Api, id: string): Observable<void> {
  return defer(() => {
    let waitedMs = 0;
    return deleteSnapshot(api, id).pipe(
      ignoreNotFound(),
      retry({
        delay: (error: unknown, attempt) => {
          if (!hasServerCode(error, 409, "SNAPSHOT::INVALID_STATE") || waitedMs >= WAIT_MS)
            return throwError(() => error);
          const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
          waitedMs += pauseMs;
          return after(pauseMs);
        },
      }),
    );
  });
}
