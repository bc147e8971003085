import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReferenceServerOptions } from "../server-options.js";
import { type ReferenceServer, startReferenceServer } from "../start-reference-server.js";
import { rawHttp, type RawHttpAnswer } from "./raw-http.js";

/** A server in a scratch directory, for specs that look at it from outside. */
export interface TestServer {
  readonly server: ReferenceServer;
  /** A call with the key; the body is sent as JSON. */
  call(method: string, path: string, body?: unknown): Promise<RawHttpAnswer>;
  /** Creates a sandbox that waits; returns its id. */
  create(fields?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Runs a command to its end; returns its output. */
  run(id: string, command: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts a {@link TestServer}. */
export async function testServer(options: ReferenceServerOptions = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "rx-spec-"));
  const server = await startReferenceServer({ stateDir: join(directory, "state"), tailMs: 0, ...options });
  const call = (method: string, path: string, body?: unknown): Promise<RawHttpAnswer> =>
    rawHttp(server.domain, {
      method,
      path,
      headers: { "OPEN-SANDBOX-API-KEY": server.apiKey, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    server,
    call,
    async create(fields = {}) {
      const answer = await call("POST", "/v1/sandboxes", {
        image: { uri: "any" },
        entrypoint: ["tail", "-f", "/dev/null"],
        resourceLimits: {},
        timeout: 300,
        ...fields,
      });
      if (answer.status !== 202) throw new Error(`create failed: ${answer.status} ${answer.text}`);
      return (JSON.parse(answer.text) as { readonly id: string }).id;
    },
    async run(id, command) {
      const answer = await call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command });
      const events = answer.text.split("\n\n").filter((frame) => frame !== "");
      return events
        .map((frame) => JSON.parse(frame) as { readonly type: string; readonly text?: string })
        .filter((event) => event.type === "stdout" || event.type === "stderr")
        .map((event) => `${event.text ?? ""}\n`)
        .join("");
    },
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
