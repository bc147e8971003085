import type { Sandbox as Handle } from "@rxsandbox/client";
import { call } from "../call.js";
import { createCommands } from "../commands/create-commands.js";
import { createVault } from "../egress/create-vault.js";
import { createEgress } from "../egress/create-egress.js";
import { createFiles } from "../files/create-files.js";
import { createIsolation } from "../isolation/create-isolation.js";
import type { EgressStack, ExecdStack } from "./adapter-factory.js";

/** What a daemon serves, with the official names; sends nothing. */
export function createExecdStack(handle: Handle): ExecdStack & Required<Pick<ExecdStack, "isolation">> {
  return {
    commands: createCommands(handle),
    files: createFiles(handle.files),
    health: {
      ping: async () => {
        await call("Execd ping", () => handle.ping());
        return true;
      },
    },
    metrics: { getMetrics: async () => ({ ...(await call("Get metrics", () => handle.getMetrics())) }) },
    isolation: createIsolation(handle.isolation),
  };
}

/** What an egress sidecar serves, with the official names; sends nothing. */
export function createEgressStack(handle: Handle): Required<EgressStack> {
  return { egress: createEgress(handle), credentialVault: createVault(handle.credentialVault) };
}
