import type { WireSnapshotList } from "@rxsandbox/protocol";
import { pageOf, readPaging } from "../requests/paging.js";
import { type SnapshotRecord, wireSnapshot } from "./snapshot-record.js";

/**
 * Answers `GET /v1/snapshots`, newest first; states are compared exactly, unlike those of sandboxes (`divergences.md`
 * L39). The recorded server knows no `name`, the newer specification does.
 */
export function listSnapshots(
  records: readonly SnapshotRecord[],
  query: URLSearchParams,
  profile: "opensandbox" | "spec",
): WireSnapshotList {
  const paging = readPaging(query);
  const states = query.getAll("state");
  const sandboxId = query.getAll("sandboxId").at(-1) ?? "";
  const name = profile === "spec" ? (query.getAll("name").at(-1) ?? "") : "";
  const items = records.filter(
    (record) =>
      (states.length === 0 || states.includes(record.state)) &&
      (sandboxId === "" || record.sandboxId === sandboxId) &&
      (name === "" || record.name === name),
  );
  return pageOf(items, paging, wireSnapshot);
}
