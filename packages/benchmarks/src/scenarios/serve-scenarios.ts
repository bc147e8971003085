import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReferenceServer } from "@rxsandbox/reference-server";
import type { SdkConnection } from "./scenario.js";

/** A server for scenarios, and how to leave it. */
export interface ScenarioServer {
  readonly connection: SdkConnection;
  close(): Promise<void>;
}

/** Starts an embedded server with a state directory of its own, unseen by other clients of this machine. */
export async function serveScenarios(): Promise<ScenarioServer> {
  const stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-scenarios-"));
  const server = await startReferenceServer({ port: 0, stateDir, advertise: false, allowRoot: true });
  return {
    connection: { domain: server.domain, apiKey: server.apiKey, disableMetrics: true },
    close: async () => {
      await server.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
