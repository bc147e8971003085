import type { Observable } from "rxjs";
import { createRemote, type ApiConnection } from "@rxsandbox/transport/calls";
import { sandboxPath } from "../calls/sandbox-calls.js";
import { discardSnapshot } from "./discard-snapshot.js";
import { parseSnapshotInfo, type SnapshotInfo } from "./snapshot-info.js";
import type { SnapshotOptions } from "./snapshot-options.js";

/**
 * Asks for a snapshot and emits it as the server accepted it, in the state `Creating`.
 *
 * Unsubscribe before the answer does not abort the request: the scope waits for the answer and discards what it names.
 * A snapshot carries no label by which it could be found again, so an answer that is lost then is reported as
 * `cleanup-failed`.
 */
export function createSnapshot(
  connection: ApiConnection,
  sandboxId: string,
  options: SnapshotOptions,
): Observable<SnapshotInfo> {
  return createRemote(connection, {
    call: { what: "Create snapshot", method: "POST", path: `${sandboxPath(sandboxId)}/snapshots`, json: options },
    parse: parseSnapshotInfo,
    subject: () => ({ kind: "snapshot", id: `of sandbox ${sandboxId}` }),
    remove: ({ id }) => discardSnapshot(connection.cleanupApi, id),
  });
}
