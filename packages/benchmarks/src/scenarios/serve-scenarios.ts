import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReferenceServer } from "@rxsandbox/reference-server";
import type { SdkConnection } from "./scenario.js";

/** A server for scenarios, and how to leave it. */
export interface ScenarioServer {
  readonly connection: SdkConnection;
  close(): Promise<void>;
}

/**
 * Starts an embedded server with a state directory of its own, unseen by other clients of this machine. `example.com`
 * answers there without a network.
 */
export async function serveScenarios(): Promise<ScenarioServer> {
  const stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-scenarios-"));
  const example = createServer((_, response) => response.end("Example Domain"));
  example.listen(0, "127.0.0.1");
  await once(example, "listening");
  const upstreams = { "example.com": `127.0.0.1:${(example.address() as AddressInfo).port}` };
  const server = await startReferenceServer({ port: 0, stateDir, advertise: false, allowRoot: true, upstreams });
  return {
    connection: { domain: server.domain, apiKey: server.apiKey, disableMetrics: true },
    close: async () => {
      await server.close();
      example.closeAllConnections();
      example.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
