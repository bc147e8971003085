import type { Observable } from "rxjs";
import { MAX_PAGE_SIZE } from "@rxsandbox/protocol";
import type { Api } from "@rxsandbox/transport";
import { everyPage, parsePage, type Page } from "../list/every-page.js";
import { parseSnapshotInfo, type SnapshotInfo } from "./snapshot-info.js";
import type { SnapshotFilter, SnapshotListOptions } from "./snapshot-options.js";

/** One page, newest snapshot first. */
export interface SnapshotPage extends Page<SnapshotInfo> {}

/** Path of one snapshot below the base of the lifecycle API. */
export function snapshotPath(id: string): `/${string}` {
  return `/snapshots/${encodeURIComponent(id)}`;
}

/** Reads one snapshot (`lifecycle.md` 7). */
export function getSnapshot(api: Api, id: string): Observable<SnapshotInfo> {
  return api.json({ what: "Get snapshot", method: "GET", path: snapshotPath(id) }, parseSnapshotInfo);
}

/** Emits one page and completes. */
export function listSnapshotPage(
  api: Api,
  { sandboxId, states, name, page, pageSize }: SnapshotListOptions,
): Observable<SnapshotPage> {
  return api.json(
    {
      what: "List snapshots",
      method: "GET",
      path: "/snapshots",
      query: { sandboxId, state: states, name, page, pageSize },
    },
    (value) => parsePage(value, "snapshots", parseSnapshotInfo),
  );
}

/** Emits every snapshot of every page; see {@link everyPage}. */
export function listAllSnapshots(api: Api, filter: SnapshotFilter): Observable<SnapshotInfo> {
  return everyPage((page) => listSnapshotPage(api, { ...filter, page, pageSize: MAX_PAGE_SIZE }));
}

/**
 * Deletes a snapshot; one in the state `Creating` fails with `invalid-state`, one in use `conflict` (`lifecycle.md` 7).
 */
export function deleteSnapshot(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Delete snapshot", method: "DELETE", path: snapshotPath(id) });
}
