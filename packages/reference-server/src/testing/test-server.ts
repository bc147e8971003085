import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReferenceServerOptions } from "../control-plane/server-options.js";
import { type ReferenceServer, startReferenceServer } from "../start-reference-server.js";
import { sandboxCalls, type SandboxCalls } from "./sandbox-calls.js";

/** A server in a scratch directory, for specs that look at it from outside. */
export interface TestServer extends SandboxCalls {
  readonly server: ReferenceServer;
  close(): Promise<void>;
}

/** Starts a {@link TestServer}. */
export async function testServer(options: ReferenceServerOptions = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "rx-spec-"));
  const server = await startReferenceServer({ stateDir: join(directory, "state"), tailMs: 0, ...options });
  return {
    server,
    ...sandboxCalls(server),
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
