import { defer, finalize, switchMap, tap, type Observable } from "rxjs";
import type { ApiConnection } from "@rxsandbox/transport/calls";
import { createSnapshot } from "./create-snapshot.js";
import { discardSnapshot } from "./discard-snapshot.js";
import type { SnapshotInfo } from "./snapshot-info.js";
import type { SnapshotOptions } from "./snapshot-options.js";
import { watchSnapshot } from "./watch-snapshot.js";

/**
 * Takes a snapshot and emits it each time its state is another, at last `Ready`, with which it becomes the
 * subscriber's.
 *
 * Errors, and an unsubscribe before `Ready`, discard it in the background.
 */
export function takeSnapshot(
  connection: ApiConnection,
  sandboxId: string,
  options: SnapshotOptions,
): Observable<SnapshotInfo> {
  const { cleanupApi, scope } = connection;
  return defer(() => {
    // The snapshot that exists and that nobody else would discard.
    let ownedId: string | undefined;
    return createSnapshot(connection, sandboxId, options).pipe(
      tap(({ id }) => (ownedId = id)),
      switchMap((created) => watchSnapshot(connection, created.id, created)),
      tap(({ status }) => {
        // Before the value goes on: `take(1)` behind it must not find an owner here.
        if (status.state === "Ready") ownedId = undefined;
      }),
      finalize(() => {
        if (ownedId !== undefined)
          void scope.cleanup({ kind: "snapshot", id: ownedId }, discardSnapshot(cleanupApi, ownedId));
      }),
    );
  });
}
