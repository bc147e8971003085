import type { Client } from "@rxsandbox/client";
import { call } from "../call.js";
import { closeClient, openClient } from "../connection/clients.js";
import { ConnectionConfig, type ConnectionConfigOptions } from "../connection/connection-config.js";
import type { ListSandboxesResponse, SandboxId, SandboxInfo, SandboxMetadataPatch } from "../models/lifecycle.js";
import type { Sandboxes } from "../models/sandboxes.js";
import type { CreateSnapshotRequest, ListSnapshotsParams, ListSnapshotsResponse, SnapshotInfo } from "../models/snapshots.js";
import { createSandboxes } from "./create-sandboxes.js";
import { refuseAdapters } from "./refuse-adapters.js";

export interface SandboxManagerOptions {
  connectionConfig?: ConnectionConfig | ConnectionConfigOptions;
}

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
  readonly #config: ConnectionConfig;
  readonly #client: Client;
  readonly #sandboxes: Sandboxes;

  private constructor(config: ConnectionConfig) {
    this.#config = config;
    this.#client = openClient(config);
    this.#sandboxes = createSandboxes(this.#client, config);
  }

  /** Throws `InvalidArgumentException` for settings that are none; sends nothing. */
  static create(opts: SandboxManagerOptions = {}): SandboxManager {
    refuseAdapters(opts);
    const { connectionConfig } = opts;
    return new SandboxManager(connectionConfig instanceof ConnectionConfig ? connectionConfig : new ConnectionConfig(connectionConfig));
  }

  /** One page, newest first. */
  listSandboxInfos(filter: SandboxFilter = {}): Promise<ListSandboxesResponse> {
    return this.#sandboxes.listSandboxes(filter);
  }

  getSandboxInfo(sandboxId: SandboxId): Promise<SandboxInfo> {
    return this.#sandboxes.getSandbox(sandboxId);
  }

  patchSandboxMetadata(sandboxId: SandboxId, patch: SandboxMetadataPatch): Promise<SandboxInfo> {
    return this.#sandboxes.patchSandboxMetadata(sandboxId, patch);
  }

  killSandbox(sandboxId: SandboxId): Promise<void> {
    return this.#sandboxes.deleteSandbox(sandboxId);
  }

  pauseSandbox(sandboxId: SandboxId): Promise<void> {
    return this.#sandboxes.pauseSandbox(sandboxId);
  }

  resumeSandbox(sandboxId: SandboxId): Promise<void> {
    return this.#sandboxes.resumeSandbox(sandboxId);
  }

  /** Sets the expiry to the local clock plus `timeoutSeconds`. */
  async renewSandbox(sandboxId: SandboxId, timeoutSeconds: number): Promise<void> {
    await call("Renew sandbox expiration", () => this.#client.sandboxes.renew(sandboxId, timeoutSeconds));
  }

  /** Resolves when the server accepted it, which is before the snapshot is ready. */
  createSnapshot(sandboxId: SandboxId, req: CreateSnapshotRequest = {}): Promise<SnapshotInfo> {
    return this.#sandboxes.createSnapshot(sandboxId, req);
  }

  getSnapshot(snapshotId: string): Promise<SnapshotInfo> {
    return this.#sandboxes.getSnapshot(snapshotId);
  }

  /** One page, newest first. */
  listSnapshots(filter: ListSnapshotsParams = {}): Promise<ListSnapshotsResponse> {
    return this.#sandboxes.listSnapshots(filter);
  }

  deleteSnapshot(snapshotId: string): Promise<void> {
    return this.#sandboxes.deleteSnapshot(snapshotId);
  }

  /** Ends what runs here and closes the connections. */
  close(): Promise<void> {
    return closeClient(this.#config, this.#client);
  }
}
