import type { Client } from "@rxsandbox/client";
import { call } from "../call.js";
import { closeClient, openClient } from "../connection/clients.js";
import { ConnectionConfig, type ConnectionConfigOptions } from "../connection/connection-config.js";
import type { ListSandboxesResponse, SandboxId, SandboxInfo, SandboxMetadataPatch } from "../models/lifecycle.js";
import { toSandboxInfo } from "./to-sandbox-info.js";

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

/** Sandboxes by id, over connections of its own until `close`. An unknown id rejects with status 404. */
export class SandboxManager {
  readonly #config: ConnectionConfig;
  readonly #client: Client;

  private constructor(config: ConnectionConfig) {
    this.#config = config;
    this.#client = openClient(config);
  }

  /** Throws `InvalidArgumentException` for settings that are none; sends nothing. */
  static create({ connectionConfig }: SandboxManagerOptions = {}): SandboxManager {
    return new SandboxManager(connectionConfig instanceof ConnectionConfig ? connectionConfig : new ConnectionConfig(connectionConfig));
  }

  /** One page, newest first. */
  async listSandboxInfos({ states, metadata, page, pageSize }: SandboxFilter = {}): Promise<ListSandboxesResponse> {
    const filter = {
      ...(states !== undefined && { states }),
      ...(metadata !== undefined && { metadata }),
      ...(page !== undefined && { page }),
      ...(pageSize !== undefined && { pageSize }),
    };
    const { items, pagination } = await call("List sandboxes", () => this.#client.sandboxes.list(filter));
    return { items: items.map(toSandboxInfo), pagination: { ...pagination } };
  }

  async getSandboxInfo(sandboxId: SandboxId): Promise<SandboxInfo> {
    return toSandboxInfo(await call("Get sandbox", () => this.#client.sandboxes.getInfo(sandboxId)));
  }

  async patchSandboxMetadata(sandboxId: SandboxId, patch: SandboxMetadataPatch): Promise<SandboxInfo> {
    return toSandboxInfo(await call("Patch sandbox metadata", () => this.#client.sandboxes.patchMetadata(sandboxId, patch)));
  }

  killSandbox(sandboxId: SandboxId): Promise<void> {
    return call("Kill sandbox", () => this.#client.sandboxes.kill(sandboxId));
  }

  pauseSandbox(sandboxId: SandboxId): Promise<void> {
    return call("Pause sandbox", () => this.#client.sandboxes.pause(sandboxId));
  }

  resumeSandbox(sandboxId: SandboxId): Promise<void> {
    return call("Resume sandbox", () => this.#client.sandboxes.resume(sandboxId));
  }

  /** Sets the expiry to the local clock plus `timeoutSeconds`. */
  async renewSandbox(sandboxId: SandboxId, timeoutSeconds: number): Promise<void> {
    await call("Renew sandbox expiration", () => this.#client.sandboxes.renew(sandboxId, timeoutSeconds));
  }

  /** Ends what runs here and closes the connections. */
  close(): Promise<void> {
    return closeClient(this.#config, this.#client);
  }
}
