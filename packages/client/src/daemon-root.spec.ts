import { firstValueFrom, lastValueFrom, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import type { ClientEvent } from "@rxsandbox/transport";
import { createTestTransport, executionFrames, type Answer } from "@rxsandbox/testkit";
import { createClient } from "./create-client.js";
import type { Sandbox } from "./sandbox.js";

const ended = executionFrames([
  { type: "init", id: "c", timestamp: 1 },
  { type: "execution_complete", executionTimeMs: 1, timestamp: 2 },
]);

/**
 * A sandbox whose daemon answers at `box.test/s`, its root, and at `box.test/s/proxy/44772`, the address that the
 * server hands out.
 */
function world(root: "root" | "no root" = "root", connectionClose = true) {
  const events: ClientEvent[] = [];
  const unlessRootless = (path: string, answer: Answer): Answer =>
    root === "root" || path.includes("/proxy/44772/") ? answer : { status: 404, body: "no such route" };
  const transport = createTestTransport(
    {
      "GET /v1/sandboxes/:id": { json: { id: "s", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" } },
      "GET /v1/sandboxes/:id/endpoints/:port": ({ params: { port = "" } }) => ({
        json: { endpoint: `box.test/s/proxy/${port}`, headers: { "X-EXECD-ACCESS-TOKEN": "t" } },
      }),
      "GET *\/ping": ({ path }) => unlessRootless(path, {}),
      "GET *\/command/status/:id": ({ path, params: { id } }) =>
        unlessRootless(
          path,
          id === "c"
            ? { json: { id: "c", running: false, started_at: "2026-01-01T00:00:00Z" } }
            : { status: 404, json: { code: "INVALID_REQUEST_BODY", message: `command not found: ${id}` } },
        ),
      "GET *\/command/c/logs": { body: "out", headers: { "execd-commands-tail-cursor": "3" } },
      "GET *\/files/download": { body: "text" },
      "GET *\/metrics": { json: { cpu_count: 1, cpu_used_pct: 1, mem_total_mib: 1, mem_used_mib: 1, timestamp: 1 } },
      "GET *\/capabilities": { json: { available: true } },
      "POST *\/command": { body: ended },
      "POST *\/code": { body: ended },
      "POST *\/session/x/run": { body: ended },
      "DELETE *": {},
    },
    { capabilities: { connectionClose } },
  );
  const client = createClient({
    domain: "cp.test",
    apiKey: "KEY",
    transport,
    retry: false,
    events: { next: (event) => events.push(event) },
  });
  const sent = () =>
    transport.requests.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{32}$/, ":unknown")}`);
  return { client, transport, events, sent };
}

const look = ["GET /s/command/status/:unknown", "GET /s/ping"];
const attach = ["GET /v1/sandboxes/s", "GET /v1/sandboxes/s/endpoints/44772"];

describe("a sandbox whose daemon has a root", () => {
  it("is ready after two calls to it, which carry what the server asks for at that address and no key", async () => {
    const { client, sent, transport } = world();
    await firstValueFrom(client.connect("s"));
    expect(sent()).toEqual([...attach, ...look]);
    for (const { headers } of transport.requests.slice(2))
      expect(headers).toEqual({
        "accept-encoding": "identity",
        "x-execd-access-token": "t",
        "x-request-id": expect.any(String) as string,
      });
  });

  it("is called there for everything but the output of foreground commands", async () => {
    const { client, sent } = world();
    const sandbox = await firstValueFrom(client.connect("s"));
    const calls: readonly (readonly [string, (sandbox: Sandbox) => Observable<unknown>])[] = [
      ["POST /s/proxy/44772/command", ({ commands }) => commands.run("x")],
      ["POST /s/command", ({ commands }) => commands.start("x")],
      ["GET /s/command/status/c", ({ commands }) => commands.getStatus("c")],
      ["GET /s/command/c/logs", ({ commands }) => commands.getLogs("c")],
      ["DELETE /s/command", ({ commands }) => commands.interrupt("c")],
      ["POST /s/session/x/run", (own) => own.attachSession("x").run("y")],
      ["POST /s/code", ({ code }) => code.run("1", { language: "python" })],
      ["DELETE /s/code", ({ code }) => code.interrupt("c")],
      ["GET /s/files/download", ({ files }) => files.readFile("/a")],
      ["GET /s/metrics", (own) => own.getMetrics()],
      ["GET /s/ping", (own) => own.ping()],
    ];
    for (const [expected, call] of calls) {
      await lastValueFrom(call(sandbox), { defaultValue: undefined });
      expect(sent().at(-1)).toBe(expected);
    }
    expect(sent()).toHaveLength(attach.length + look.length + calls.length);
  });

  it("opens its terminals there", async () => {
    const { client, transport } = world();
    const sandbox = await firstValueFrom(client.connect("s"));
    transport.route("POST *\/pty", { json: { session_id: "t" } });
    const terminal = await firstValueFrom(sandbox.terminals.create());
    // This transport has no sockets: where one was asked for is what counts.
    await lastValueFrom(terminal.output).catch(() => undefined);
    expect(transport.socketRequests[0]?.url).toMatch(/^ws:\/\/box\.test\/s\/pty\/t\/ws/);
    expect(transport.socketRequests[0]?.headers).toMatchObject({ "x-execd-access-token": "t" });
  });

  it("keeps runs on connections that stay open, on any platform", async () => {
    const { client, transport } = world("root", false);
    const sandbox = await firstValueFrom(client.connect("s"));
    await lastValueFrom(sandbox.attachSession("x").run("y"));
    await lastValueFrom(sandbox.code.run("1", { language: "python" }));
    expect(transport.requests.filter(({ closeConnection }) => closeConnection === true)).toEqual([]);
  });
});

describe("a sandbox whose daemon has no root", () => {
  it("is called at the address as handed out, where runs that may get lost have a connection of their own", async () => {
    const { client, sent, transport } = world("no root");
    const sandbox = await firstValueFrom(client.connect("s"));
    expect(sent()).toEqual([...attach, look[0], "GET /s/proxy/44772/ping"]);
    await lastValueFrom(sandbox.attachSession("x").run("y"));
    await lastValueFrom(sandbox.code.run("1", { language: "python" }));
    await lastValueFrom(sandbox.commands.run("x"));
    expect(transport.requests.slice(4).map(({ path, closeConnection = false }) => [path, closeConnection])).toEqual([
      ["/s/proxy/44772/session/x/run", true],
      ["/s/proxy/44772/code", true],
      ["/s/proxy/44772/command", false],
    ]);
  });

  it("errors unsupported for those runs on a platform that cannot close connections, and says what to use", async () => {
    const { client } = world("no root", false);
    const sandbox = await firstValueFrom(client.connect("s"));
    for (const run of [sandbox.attachSession("x").run("y"), sandbox.code.run("1", { language: "python" })]) {
      await expect(lastValueFrom(run)).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringContaining('use access: "proxy"') as string,
      });
    }
    await lastValueFrom(sandbox.commands.run("x"));
  });

  it("reports the look for a root as calls, and what they were refused as no failure", async () => {
    const { client, events } = world("no root");
    await firstValueFrom(client.connect("s"));
    expect(events.filter(({ type }) => type === "failed" || type === "retry")).toEqual([]);
    expect(events.filter((event) => event.type === "response" && event.status === 404)).toHaveLength(1);
  });
});
