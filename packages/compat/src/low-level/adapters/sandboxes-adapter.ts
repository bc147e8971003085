import { clientOf } from "../../connection/clients.js";
import type { Sandboxes } from "../../models/sandboxes.js";
import { createSandboxes } from "../../sandbox/create-sandboxes.js";
import type { LifecycleClient } from "../clients.js";
import { configOver } from "../handle-over.js";
import { createAdapterClass, type MethodNames } from "./adapter-class.js";

const methods: MethodNames<Sandboxes> = {
  createSandbox: true,
  getSandbox: true,
  listSandboxes: true,
  patchSandboxMetadata: true,
  deleteSandbox: true,
  pauseSandbox: true,
  resumeSandbox: true,
  renewSandboxExpiration: true,
  createSnapshot: true,
  getSnapshot: true,
  listSnapshots: true,
  deleteSnapshot: true,
  getSandboxEndpoint: true,
  getSignedEndpoint: true,
  invalidateEndpointCache: true,
};

/** The lifecycle API over a typed client. The options of the endpoint cache are read and have no effect. */
export const SandboxesAdapter = createAdapterClass(
  "SandboxesAdapter",
  methods,
  (
    client: LifecycleClient,
    _cacheOpts?: { ttlMs?: number; maxSize?: number; disabled?: boolean },
  ): Required<Sandboxes> => {
    const config = configOver(client);
    return { invalidateEndpointCache: () => undefined, ...createSandboxes(clientOf(config), config) };
  },
);
export type SandboxesAdapter = Required<Sandboxes>;
