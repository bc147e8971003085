import type { SnapshotInfo as ClientInfo } from "@rxsandbox/client";
import type { SnapshotInfo } from "../models/snapshots.js";

/** The snapshot in the official shape. */
export function toSnapshotInfo({ status, ...info }: ClientInfo): SnapshotInfo {
  return { ...info, status: { ...status } };
}
