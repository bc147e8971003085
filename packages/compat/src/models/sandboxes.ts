import type {
  CreateSandboxRequest,
  CreateSandboxResponse,
  Endpoint,
  ListSandboxesParams,
  ListSandboxesResponse,
  RenewSandboxExpirationRequest,
  RenewSandboxExpirationResponse,
  SandboxId,
  SandboxInfo,
  SandboxMetadataPatch,
} from "./lifecycle.js";
import type { CreateSnapshotRequest, ListSnapshotsParams, ListSnapshotsResponse, SnapshotInfo } from "./snapshots.js";

/** The lifecycle API by ids. An unknown id rejects with status 404. */
export interface Sandboxes {
  /** Resolves when the server has created it, which is before it is ready. */
  createSandbox(req: CreateSandboxRequest): Promise<CreateSandboxResponse>;
  getSandbox(sandboxId: SandboxId): Promise<SandboxInfo>;
  /** One page, newest first. */
  listSandboxes(params?: ListSandboxesParams): Promise<ListSandboxesResponse>;
  patchSandboxMetadata(sandboxId: SandboxId, patch: SandboxMetadataPatch): Promise<SandboxInfo>;
  deleteSandbox(sandboxId: SandboxId): Promise<void>;
  pauseSandbox(sandboxId: SandboxId): Promise<void>;
  resumeSandbox(sandboxId: SandboxId): Promise<void>;
  renewSandboxExpiration(
    sandboxId: SandboxId,
    req: RenewSandboxExpirationRequest,
  ): Promise<RenewSandboxExpirationResponse>;
  /** Resolves when the server accepted it, which is before the snapshot is ready. */
  createSnapshot(sandboxId: SandboxId, req?: CreateSnapshotRequest): Promise<SnapshotInfo>;
  getSnapshot(snapshotId: string): Promise<SnapshotInfo>;
  listSnapshots(params?: ListSnapshotsParams): Promise<ListSnapshotsResponse>;
  deleteSnapshot(snapshotId: string): Promise<void>;
  getSandboxEndpoint(sandboxId: SandboxId, port: number, useServerProxy?: boolean): Promise<Endpoint>;
  /** `expires` in Unix seconds. */
  getSignedEndpoint(sandboxId: SandboxId, port: number, expires: number): Promise<Endpoint>;
  /** Part of the official interface; the client forgets addresses by itself. */
  invalidateEndpointCache?(sandboxId: SandboxId): void;
}
