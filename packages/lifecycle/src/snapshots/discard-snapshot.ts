import { defer, type Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";
import { hasStatus, ignoreNotFound, retryWithPause } from "@rxsandbox/transport/calls";
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
      retryWithPause((error, { attempt }) => {
        if (!hasStatus(error, 409, "SNAPSHOT::INVALID_STATE") || waitedMs >= WAIT_MS) return undefined;
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
        waitedMs += pauseMs;
        return pauseMs;
      }),
    );
  });
}
