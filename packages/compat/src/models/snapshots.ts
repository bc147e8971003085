import type { PaginationInfo, SandboxId } from "./lifecycle.js";

/** A state that a snapshot may have; an open set. */
export type SnapshotState = string;

export interface SnapshotStatus extends Record<string, unknown> {
  state: SnapshotState;
  reason?: string;
  message?: string;
  lastTransitionAt?: Date;
}

export interface SnapshotInfo extends Record<string, unknown> {
  id: string;
  sandboxId: SandboxId;
  name?: string;
  status: SnapshotStatus;
  createdAt: Date;
}

export interface CreateSnapshotRequest extends Record<string, unknown> {
  name?: string;
}

export interface ListSnapshotsParams {
  sandboxId?: SandboxId;
  name?: string;
  states?: string[];
  page?: number;
  pageSize?: number;
}

export interface ListSnapshotsResponse extends Record<string, unknown> {
  items: SnapshotInfo[];
  pagination?: PaginationInfo;
}
