import { createTestTransport, executionFrames, type RouteScript, type TestTransport } from "@rxsandbox/testkit";
import { ConnectionConfig, type ConnectionConfigOptions } from "../connection/connection-config.js";
import { Sandbox } from "../sandbox/sandbox.js";

/** A sandbox over a scripted server in memory. */
export interface ScriptedSandbox {
  readonly sandbox: Sandbox;
  readonly config: ConnectionConfig;
  readonly transport: TestTransport;
  /** `METHOD path` of what was sent since the sandbox was there. */
  sent(): readonly string[];
}

const info = {
  id: "s",
  status: { state: "Running", lastTransitionAt: "2026-11-23T02:03:38Z" },
  createdAt: "2026-11-23T02:03:37Z",
};

/** Frames of a run that prints one line and exits with 0. */
export const oneLine = executionFrames([
  { type: "init", id: "c", timestamp: 1 },
  { type: "stdout", text: "hi", unit: "line", timestamp: 2 },
  { type: "execution_complete", executionTimeMs: 4, timestamp: 3 },
]);

/** Routes of a server with one sandbox `s`, whose daemon is at `box.test/s`. */
export function serverRoutes(
  routes: Readonly<Record<string, RouteScript>> = {},
): Readonly<Record<string, RouteScript>> {
  return {
    "POST /v1/sandboxes": { status: 202, json: info },
    "GET /v1/sandboxes/s": { json: info },
    "GET /v1/sandboxes/s/endpoints/44772": {
      json: { endpoint: "box.test/s", headers: { "X-EXECD-ACCESS-TOKEN": "EXECD-TOKEN" } },
    },
    "DELETE /v1/sandboxes/s": { status: 204 },
    "GET /s/ping": {},
    "POST /s/command": { body: oneLine },
    ...routes,
  };
}

/** Connects to it. */
export async function scriptedSandbox(
  routes: Readonly<Record<string, RouteScript>> = {},
  options: ConnectionConfigOptions = {},
): Promise<ScriptedSandbox> {
  const transport = createTestTransport(serverRoutes(routes));
  const config = new ConnectionConfig({ domain: "cp.test", apiKey: "TENANT-KEY", ...options, transport });
  const sandbox = await Sandbox.connect({ sandboxId: "s", connectionConfig: config });
  const before = transport.requests.length;
  return {
    sandbox,
    config,
    transport,
    sent: () => transport.requests.slice(before).map(({ method, path }) => `${method} ${path}`),
  };
}
