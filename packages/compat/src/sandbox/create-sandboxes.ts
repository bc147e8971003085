import { map, reduce } from "rxjs";
import type {
  Client,
  Endpoint as ClientEndpoint,
  SandboxInfo as ClientInfo,
  SnapshotInfo as ClientSnapshot,
} from "@rxsandbox/client";
import { call } from "../call.js";
import { clientOf } from "../connection/clients.js";
import { ConnectionConfig } from "../connection/connection-config.js";
import type { Endpoint } from "../models/lifecycle.js";
import type { Sandboxes } from "../models/sandboxes.js";
import type { SnapshotInfo } from "../models/snapshots.js";
import { knownOptions } from "./known-options.js";
import { toCreateOptions } from "./to-create-options.js";
import { toSandboxInfo } from "./to-sandbox-info.js";

/** Builds the lifecycle API over a client; sends nothing. */
export function createSandboxes(client: Client, config: ConnectionConfig): Sandboxes {
  const { sandboxes, snapshots } = client;
  return {
    createSandbox: (req) =>
      call("Create sandbox", () =>
        client.provision({ ...toCreateOptions(req), skipHealthCheck: true }).pipe(
          // The answer comes as `pending`; only with the last step does the client leave the sandbox to its caller.
          reduce(
            (created, step) => (step.phase === "pending" ? step.info : created),
            undefined as ClientInfo | undefined,
          ),
          map((created) => toSandboxInfo(created!)),
        ),
      ),
    getSandbox: (id) => call("Get sandbox", () => sandboxes.getInfo(id).pipe(map(toSandboxInfo))),
    listSandboxes: async (params = {}) => {
      const { items, pagination } = await call("List sandboxes", () =>
        sandboxes.list(knownOptions(params, ["states", "metadata", "page", "pageSize"])),
      );
      return { items: items.map(toSandboxInfo), pagination: { ...pagination } };
    },
    patchSandboxMetadata: (id, patch) =>
      call("Patch sandbox metadata", () => sandboxes.patchMetadata(id, patch).pipe(map(toSandboxInfo))),
    deleteSandbox: (id) => call("Kill sandbox", () => sandboxes.kill(id)),
    pauseSandbox: (id) => call("Pause sandbox", () => sandboxes.pause(id)),
    resumeSandbox: (id) => call("Resume sandbox", () => sandboxes.resume(id)),
    renewSandboxExpiration: async (id, { expiresAt }) => ({
      expiresAt: await call("Renew sandbox expiration", () =>
        sandboxes.renew(id, (Date.parse(expiresAt) - Date.now()) / 1000),
      ),
    }),
    createSnapshot: (id, req = {}) =>
      call("Create snapshot", () => snapshots.create(id, knownOptions(req, ["name"])).pipe(map(toSnapshotInfo))),
    getSnapshot: (id) => call("Get snapshot", () => snapshots.get(id).pipe(map(toSnapshotInfo))),
    listSnapshots: async (params = {}) => {
      const { items, pagination } = await call("List snapshots", () =>
        snapshots.list(knownOptions(params, ["sandboxId", "name", "states", "page", "pageSize"])),
      );
      return { items: items.map(toSnapshotInfo), pagination: { ...pagination } };
    },
    deleteSnapshot: (id) => call("Delete snapshot", () => snapshots.delete(id)),
    getSandboxEndpoint: async (id, port, useServerProxy = config.useServerProxy) => {
      const look = (through: Client) =>
        call("Get sandbox endpoint", () => through.sandboxes.getEndpoint(id, port).pipe(map(toEndpoint)));
      if (useServerProxy === config.useServerProxy) return look(client);
      const other = new ConnectionConfig({ ...config, useServerProxy });
      return look(clientOf(other)).finally(() => other.closeTransport());
    },
    getSignedEndpoint: (id, port, expires) =>
      call("Get signed endpoint", () => sandboxes.getSignedEndpoint(id, port, expires).pipe(map(toEndpoint))),
  };
}

/** The address without its scheme. */
export function toEndpoint({ url, headers }: ClientEndpoint): Endpoint {
  return { endpoint: url.replace(/^[a-z]+:\/\//, ""), headers: { ...headers } };
}

/** The snapshot in the official shape. */
export function toSnapshotInfo({ status, ...info }: ClientSnapshot): SnapshotInfo {
  return { ...info, status: { ...status } };
}
