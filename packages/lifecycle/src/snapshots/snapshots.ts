import { last, type Observable } from "rxjs";
import { readPathId } from "@rxsandbox/transport";
import { completeInBackground, type ApiConnection } from "@rxsandbox/transport/calls";
import { createSnapshot } from "./create-snapshot.js";
import {
  deleteSnapshot,
  getSnapshot,
  listAllSnapshots,
  listSnapshotPage,
  type SnapshotPage,
} from "./snapshot-calls.js";
import type { SnapshotInfo } from "./snapshot-info.js";
import {
  readSnapshotFilter,
  readSnapshotListOptions,
  readSnapshotOptions,
  type SnapshotFilter,
  type SnapshotListOptions,
  type SnapshotOptions,
} from "./snapshot-options.js";
import { takeSnapshot } from "./take-snapshot.js";
import { watchSnapshot } from "./watch-snapshot.js";

/**
 * Snapshots by id; they outlive their sandbox, and `create({ snapshotId })` starts another from one. Every call is
 * cold; a wrong argument throws at the call.
 */
export interface Snapshots {
  /**
   * Asks for a snapshot of a running sandbox and emits it as accepted, in the state `Creating`.
   *
   * Errors: `invalid-state` when the sandbox does not run, which is also what it shows while another snapshot of it is
   * being created; `unsupported` where the runtime has none. After `network` or `timeout` it may exist anyway.
   * Unsubscribe before the answer discards what is created; after it the snapshot stays.
   */
  create(sandboxId: string, options?: SnapshotOptions): Observable<SnapshotInfo>;
  /**
   * The same, and then each further state until `Ready`, with which it completes.
   *
   * Errors: as `create` and `watch` do; a snapshot that was created is then discarded in the background.
   * Unsubscribe before `Ready` discards it.
   */
  take(sandboxId: string, options?: SnapshotOptions): Observable<SnapshotInfo>;
  get(id: string): Observable<SnapshotInfo>;
  /** Emits one page, newest snapshot first. */
  list(options?: SnapshotListOptions): Observable<SnapshotPage>;
  /**
   * Emits every snapshot, one page request after the other; completes after the last. Pages are no snapshot themselves.
   */
  listAll(filter?: SnapshotFilter): Observable<SnapshotInfo>;
  /**
   * Deletes. `Creating` fails with `invalid-state`; one that a sandbox was restored from fails with `conflict` while
   * that lives, and stays `Deleting` until it is deleted once more (`lifecycle.md` 7). Unsubscribing does not cancel
   * it.
   */
  delete(id: string): Observable<void>;
  /**
   * Emits the snapshot each time its state is another; completes after `Ready`. Reads at once, and then after a fifth
   * of the time waited so far, between 20 ms and 4 s.
   *
   * Errors: `snapshot-failed` after the value `Failed`, `invalid-state` after `Deleting`; those of the reads. It waits
   * as long as the server takes.
   */
  watch(id: string): Observable<SnapshotInfo>;
  /** Emits the snapshot once it is `Ready`. Errors as `watch` does. */
  waitUntilReady(id: string): Observable<SnapshotInfo>;
}

/** Builds the calls. */
export function createSnapshots(connection: ApiConnection): Snapshots {
  const { api } = connection;
  return {
    create: (sandboxId, options = {}) =>
      createSnapshot(connection, readPathId("sandboxId", sandboxId), readSnapshotOptions(options)),
    take: (sandboxId, options = {}) =>
      takeSnapshot(connection, readPathId("sandboxId", sandboxId), readSnapshotOptions(options)),
    get: (id) => getSnapshot(api, readPathId("snapshotId", id)),
    list: (options = {}) => listSnapshotPage(api, readSnapshotListOptions(options)),
    listAll: (filter = {}) => listAllSnapshots(api, readSnapshotFilter(filter)),
    delete: (snapshotId) => {
      const id = readPathId("snapshotId", snapshotId);
      return completeInBackground(connection, { kind: "snapshot", id }, (open) => deleteSnapshot(open, id));
    },
    watch: (id) => watchSnapshot(connection, readPathId("snapshotId", id)),
    waitUntilReady: (id) => watchSnapshot(connection, readPathId("snapshotId", id)).pipe(last()),
  };
}
