import type { WireSandboxStatus, WireSnapshot } from "@rxsandbox/protocol";
import { formatInstant } from "../requests/instant-rule.js";

/**
 * What a snapshot is: `Creating` until its files are copied, then `Ready` or `Failed`; `Deleting` when it could not be
 * deleted (`lifecycle.md` 7).
 */
export type SnapshotState = "Creating" | "Ready" | "Failed" | "Deleting";

/** One snapshot as the server keeps it. */
export interface SnapshotRecord {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string | undefined;
  readonly createdAtMs: number;
  state: SnapshotState;
  stateSinceMs: number;
  /** Why it failed. */
  failure: string | undefined;
}

/** A snapshot as the lifecycle API shows it. */
export function wireSnapshot({
  id,
  sandboxId,
  name,
  createdAtMs,
  state,
  stateSinceMs,
  failure,
}: SnapshotRecord): WireSnapshot {
  const status: Record<SnapshotState, Pick<WireSandboxStatus, "reason" | "message">> = {
    Creating: { reason: "snapshot_accepted", message: "Snapshot creation accepted." },
    Ready: { reason: "snapshot_runtime_ready", message: "Docker snapshot image created successfully." },
    Failed: { reason: "snapshot_runtime_failed", message: failure ?? "Snapshot creation failed." },
    Deleting: { reason: "snapshot_delete_requested", message: "Snapshot deletion requested." },
  };
  return {
    id,
    sandboxId,
    ...(name === undefined ? {} : { name }),
    status: { state, ...status[state], lastTransitionAt: formatInstant(stateSinceMs) },
    createdAt: formatInstant(createdAtMs),
  };
}
