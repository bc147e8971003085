import type { Client } from "@rxsandbox/client";
import { map, switchMap } from "rxjs";
import { call } from "../call.js";
import { closeClient, openClient } from "../connection/clients.js";
import { ConnectionConfig } from "../connection/connection-config.js";
import type { CreateSandboxRequest } from "../models/lifecycle.js";
import type { Sandboxes } from "../models/sandboxes.js";
import { knownOptions } from "./known-options.js";
import type { SandboxCreateOptions } from "./sandbox-options.js";
import { toCreateOptions } from "./to-create-options.js";
import { toEndpoint } from "./to-endpoint.js";
import { toSandboxInfo } from "./to-sandbox-info.js";
import { toSnapshotInfo } from "./to-snapshot-info.js";

/** Builds the lifecycle API over a client; sends nothing. */
export function createSandboxes(client: Client, config: ConnectionConfig): Sandboxes {
  const { sandboxes, snapshots } = client;
  return {
    createSandbox: (req) =>
      call("Create sandbox", () =>
        client.create({ ...toCreateOptions(ofWire(req)), skipHealthCheck: true }).pipe(
          switchMap((sandbox) => sandbox.getInfo()),
          map(toSandboxInfo),
        ),
      ),
    getSandbox: (id) => call("Get sandbox", () => sandboxes.getInfo(id).pipe(map(toSandboxInfo))),
    listSandboxes: async (params = {}) => {
      const { items, pagination } = await call("List sandboxes", () => sandboxes.list(knownOptions(params, ["states", "metadata", "page", "pageSize"])));
      return { items: items.map(toSandboxInfo), pagination: { ...pagination } };
    },
    patchSandboxMetadata: (id, patch) => call("Patch sandbox metadata", () => sandboxes.patchMetadata(id, patch).pipe(map(toSandboxInfo))),
    deleteSandbox: (id) => call("Kill sandbox", () => sandboxes.kill(id)),
    pauseSandbox: (id) => call("Pause sandbox", () => sandboxes.pause(id)),
    resumeSandbox: (id) => call("Resume sandbox", () => sandboxes.resume(id)),
    renewSandboxExpiration: async (id, { expiresAt }) => ({
      expiresAt: await call("Renew sandbox expiration", () => sandboxes.renew(id, (Date.parse(expiresAt) - Date.now()) / 1000)),
    }),
    createSnapshot: (id, req = {}) => call("Create snapshot", () => snapshots.create(id, knownOptions(req, ["name"])).pipe(map(toSnapshotInfo))),
    getSnapshot: (id) => call("Get snapshot", () => snapshots.get(id).pipe(map(toSnapshotInfo))),
    listSnapshots: async (params = {}) => {
      const { items, pagination } = await call("List snapshots", () => snapshots.list(knownOptions(params, ["sandboxId", "name", "states", "page", "pageSize"])));
      return { items: items.map(toSnapshotInfo), pagination: { ...pagination } };
    },
    deleteSnapshot: (id) => call("Delete snapshot", () => snapshots.delete(id)),
    getSandboxEndpoint: async (id, port, useServerProxy = config.useServerProxy) => {
      const look = (through: Client) => call("Get sandbox endpoint", () => through.sandboxes.getEndpoint(id, port).pipe(map(toEndpoint)));
      if (useServerProxy === config.useServerProxy) return look(client);
      const other = new ConnectionConfig({ ...config, useServerProxy });
      const through = openClient(other);
      return look(through).finally(() => closeClient(other, through));
    },
    getSignedEndpoint: (id, port, expires) => call("Get signed endpoint", () => sandboxes.getSignedEndpoint(id, port, expires).pipe(map(toEndpoint))),
  };
}

/** The request with the names that `Sandbox.create` has. An absent limit or entrypoint is left to the client, as there. */
function ofWire({ timeout, resourceLimits, ...req }: CreateSandboxRequest): SandboxCreateOptions {
  return { ...(req as SandboxCreateOptions), ...(timeout !== undefined && { timeoutSeconds: timeout }), resource: resourceLimits };
}
