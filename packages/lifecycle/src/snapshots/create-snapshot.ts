import { EMPTY, catchError, concatMap, defer, finalize, throwError, type Observable } from "rxjs";
import { carryThrough, type Api, type Scope } from "@rxsandbox/transport";
import { sandboxPath } from "../calls/sandbox-path.js";
import { mayHaveCreated } from "../create/orphans.js";
import { discardSnapshot } from "./discard-snapshot.js";
import { parseSnapshotInfo, type SnapshotInfo } from "./snapshot-info.js";
import type { SnapshotOptions } from "./snapshot-options.js";

/** What taking snapshots needs. */
export interface SnapshotContext {
  /** Control plane, not guarded by the scope: a late result is also undone while the client closes. */
  readonly api: Api;
  readonly scope: Scope;
}

/**
 * Asks for a snapshot and emits it as the server accepted it, in the state `Creating`.
 *
 * Unsubscribe before the answer does not abort the request: the scope waits for the answer and discards what it names. A snapshot
 * carries no label by which it could be found again, so an answer that is lost then is reported as `cleanup-failed`.
 */
export function createSnapshot(
  { api, scope }: SnapshotContext,
  sandboxId: string,
  options: SnapshotOptions,
): Observable<SnapshotInfo> {
  return defer(() => {
    let isWanted = true;
    const sent = api.json(
      {
        what: "Create snapshot",
        method: "POST",
        path: `${sandboxPath(sandboxId)}/snapshots`,
        json: options,
        beforeAttempt: () => isWanted,
      },
      parseSnapshotInfo,
    );
    const undo = (outcome: Observable<SnapshotInfo>): Observable<unknown> =>
      outcome.pipe(
        catchError((error: unknown) => (mayHaveCreated(error) ? throwError(() => error) : EMPTY)),
        concatMap(({ id }) => discardSnapshot(api, id)),
      );
    return carryThrough(sent, scope, { kind: "snapshot", id: `of sandbox ${sandboxId}` }, undo).pipe(
      // A call that waits to be repeated is not repeated for nobody.
      finalize(() => {
        isWanted = false;
      }),
    );
  });
}
