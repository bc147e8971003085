import type { WireSnapshot } from "@rxsandbox/protocol";
import { ProtocolError, isPathId } from "@rxsandbox/transport";
import { parseDate, parseStatus, type SandboxStatus } from "../info/sandbox-info.js";

/** What the lifecycle API knows about one snapshot (`lifecycle.md` 7). */
export interface SnapshotInfo {
  readonly id: string;
  /** The sandbox that it was taken of, which may be gone. */
  readonly sandboxId: string;
  readonly name?: string;
  /** `Creating`, `Ready`, `Failed` or `Deleting`; an open set. */
  readonly status: SandboxStatus;
  readonly createdAt: Date;
}

/**
 * Reads a `Snapshot` of the wire; throws a `ProtocolError` when the id or the state is missing, or a date is invalid.
 */
export function parseSnapshotInfo(value: unknown): SnapshotInfo {
  const wire = value as Partial<WireSnapshot> | null;
  if (typeof wire !== "object" || wire === null || !isPathId(wire.id))
    throw new ProtocolError("the answer has no snapshot id");
  if (typeof wire.sandboxId !== "string") throw new ProtocolError("the answer has no sandbox id");
  return {
    id: wire.id,
    sandboxId: wire.sandboxId,
    ...(wire.name != null && { name: wire.name }),
    status: parseStatus("snapshot", wire.status),
    createdAt: parseDate("createdAt", wire.createdAt),
  };
}
