import type { AdapterFactory } from "../adapters/adapter-factory.js";
import { createDefaultAdapterFactory } from "../adapters/default-adapter-factory.js";
import type { ConnectionConfig, ConnectionConfigOptions } from "../connection/connection-config.js";
import { readConfig } from "../connection/read-config.js";
import type { ListSandboxesResponse, SandboxId, SandboxInfo, SandboxMetadataPatch } from "../models/lifecycle.js";
import type { Sandboxes } from "../models/sandboxes.js";
import type {
  CreateSnapshotRequest,
  ListSnapshotsParams,
  ListSnapshotsResponse,
  SnapshotInfo,
} from "../models/snapshots.js";
import { expiryAfter } from "./expiry-after.js";
import { knownOptions } from "./known-options.js";

export interface SandboxManagerOptions {
  connectionConfig?: ConnectionConfig | ConnectionConfigOptions;
  /** Builds the lifecycle API instead of this package, for example in tests. */
  adapterFactory?: AdapterFactory;
}

/** Outside of the class, whose type has public members only: an object of the official package fits it. */
const internals = new WeakMap<SandboxManager, { readonly config: ConnectionConfig; readonly sandboxes: Sandboxes }>();

/** Which sandboxes to list: any of the states, all of the labels. */
export interface SandboxFilter {
  states?: string[];
  metadata?: Record<string, string>;
  /** From 1. */
  page?: number;
  pageSize?: number;
}

/** Sandboxes and snapshots by id, over connections of its own until `close`. An unknown id rejects with status 404. */
export class SandboxManager {
  private constructor(config: ConnectionConfig, sandboxes: Sandboxes) {
    internals.set(this, { config, sandboxes });
  }

  /** Throws `InvalidArgumentException` for settings that are none; sends nothing. */
  static create(opts: SandboxManagerOptions = {}): SandboxManager {
    const { connectionConfig: given, adapterFactory = createDefaultAdapterFactory() } = opts;
    const config = readConfig(given).withTransportIfMissing();
    return new SandboxManager(
      config,
      adapterFactory.createLifecycleStack({ connectionConfig: config, lifecycleBaseUrl: config.getBaseUrl() })
        .sandboxes,
    );
  }

  /** One page, newest first. */
  listSandboxInfos(filter: SandboxFilter = {}): Promise<ListSandboxesResponse> {
    return sandboxesOf(this).listSandboxes(knownOptions(filter, ["states", "metadata", "page", "pageSize"]));
  }

  getSandboxInfo(sandboxId: SandboxId): Promise<SandboxInfo> {
    return sandboxesOf(this).getSandbox(sandboxId);
  }

  patchSandboxMetadata(sandboxId: SandboxId, patch: SandboxMetadataPatch): Promise<SandboxInfo> {
    return sandboxesOf(this).patchSandboxMetadata(sandboxId, patch);
  }

  killSandbox(sandboxId: SandboxId): Promise<void> {
    return sandboxesOf(this).deleteSandbox(sandboxId);
  }

  pauseSandbox(sandboxId: SandboxId): Promise<void> {
    return sandboxesOf(this).pauseSandbox(sandboxId);
  }

  resumeSandbox(sandboxId: SandboxId): Promise<void> {
    return sandboxesOf(this).resumeSandbox(sandboxId);
  }

  /** Sets the expiry to the local clock plus `timeoutSeconds`. */
  async renewSandbox(sandboxId: SandboxId, timeoutSeconds: number): Promise<void> {
    await sandboxesOf(this).renewSandboxExpiration(sandboxId, { expiresAt: expiryAfter(timeoutSeconds) });
  }

  /** Resolves when the server accepted it, which is before the snapshot is ready. */
  createSnapshot(sandboxId: SandboxId, req: CreateSnapshotRequest = {}): Promise<SnapshotInfo> {
    return sandboxesOf(this).createSnapshot(sandboxId, req);
  }

  getSnapshot(snapshotId: string): Promise<SnapshotInfo> {
    return sandboxesOf(this).getSnapshot(snapshotId);
  }

  /** One page, newest first. */
  listSnapshots(filter: ListSnapshotsParams = {}): Promise<ListSnapshotsResponse> {
    return sandboxesOf(this).listSnapshots(filter);
  }

  deleteSnapshot(snapshotId: string): Promise<void> {
    return sandboxesOf(this).deleteSnapshot(snapshotId);
  }

  /** Ends what runs here and closes the connections. */
  close(): Promise<void> {
    return internals.get(this)!.config.closeTransport();
  }
}

function sandboxesOf(manager: SandboxManager): Sandboxes {
  return internals.get(manager)!.sandboxes;
}
