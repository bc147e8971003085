import { NEVER, Subject, firstValueFrom, lastValueFrom, of, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientEvent, SandboxError } from "@rxsandbox/transport";
import type { ClientOptions } from "./client-options.js";
import { createClient } from "./create-client.js";
import { scriptedServer, type ServerScript } from "./testing/scripted-server.js";

function world(
  script: ServerScript = {},
  routes: Parameters<typeof scriptedServer>[1] = {},
  options: ClientOptions = {},
) {
  const server = scriptedServer(script, routes);
  const events: ClientEvent[] = [];
  const client = createClient({
    domain: "cp.test",
    apiKey: "KEY",
    transport: server.transport,
    retry: false,
    events: { next: (event) => events.push(event) },
    ...options,
  });
  return { ...server, client, events };
}

/** The look for the daemon's root, of which this server has none. */
const look = (id: string): string =>
  expect.stringMatching(new RegExp(`^GET /${id}/command/status/[0-9a-f]{32}$`)) as string;

describe("createClient", () => {
  it("makes two calls to the sandbox until it is ready and asks for the egress address only when it is needed", async () => {
    const { client, sent } = world(
      {},
      { "GET */policy": { json: { policy: { defaultAction: "deny", egress: null } } } },
    );
    const sandbox = await firstValueFrom(client.create({ image: "i" }));
    expect(sent()).toEqual([
      "POST /v1/sandboxes",
      "GET /v1/sandboxes/s1/endpoints/44772",
      look("s1"),
      "GET /s1/proxy/44772/ping",
    ]);
    expect(await firstValueFrom(sandbox.getEgressPolicy())).toEqual({ defaultAction: "deny", egress: [] });
    await firstValueFrom(sandbox.getEgressPolicy());
    expect(sent().slice(4)).toEqual([
      "GET /v1/sandboxes/s1/endpoints/18080",
      "GET /s1/proxy/18080/policy",
      "GET /s1/proxy/18080/policy",
    ]);
  });

  it("sends nothing before subscribe and the work once more per subscription", async () => {
    const { client, sent } = world(
      {},
      { "POST /v1/sandboxes/:id/renew-expiration": { json: { expiresAt: "2030-01-01T00:00:00Z" } } },
    );
    const renew = client.sandboxes.renew("s1", 60);
    expect(sent()).toEqual([]);
    expect(await firstValueFrom(renew)).toEqual(new Date("2030-01-01T00:00:00Z"));
    await firstValueFrom(renew);
    // The first answer tells the server's clock.
    expect(sent()).toEqual([
      "GET /v1/sandboxes/s1",
      "POST /v1/sandboxes/s1/renew-expiration",
      "POST /v1/sandboxes/s1/renew-expiration",
    ]);
  });

  it("tells its progress", async () => {
    const { client } = world({ pings: ["down"] });
    const steps = await lastValueFrom(client.provision({ image: "i" }).pipe(toArray()));
    expect(
      steps.map((step) => (step.phase === "probing" ? `probing ${step.attempt} ${step.cause?.status}` : step.phase)),
    ).toEqual(["creating", "pending", "probing 1 undefined", "probing 2 502", "ready"]);
  });

  it("gives the health check a handle", async () => {
    const { client, sent } = world();
    const seen: string[] = [];
    await firstValueFrom(client.create({ image: "i", healthCheck: (sandbox) => (seen.push(sandbox.id), of(true)) }));
    expect(seen).toEqual(["s1"]);
    expect(sent()).toEqual(["POST /v1/sandboxes"]);
  });

  it("hides the label of the create", async () => {
    const { client } = world();
    const step = await firstValueFrom(client.sandboxes.list());
    expect(step.items).toEqual([]);
    await firstValueFrom(client.create({ image: "i" }));
    const { items } = await firstValueFrom(client.sandboxes.list());
    expect(items.map(({ id, metadata }) => ({ id, metadata }))).toEqual([{ id: "s1", metadata: {} }]);
  });

  describe("connect", () => {
    it("emits a ready sandbox and kills nothing when it is left", async () => {
      const { client, alive, sent } = world();
      alive.set("old", "");
      expect((await firstValueFrom(client.connect("old"))).id).toBe("old");
      expect(sent()).toEqual([
        "GET /v1/sandboxes/old",
        "GET /v1/sandboxes/old/endpoints/44772",
        look("old"),
        "GET /old/proxy/44772/ping",
      ]);
      client.connect("old").subscribe().unsubscribe();
      expect([...alive.keys()]).toEqual(["old"]);
    });

    it("errors invalid-state for a paused sandbox", async () => {
      const { client, alive } = world({ state: "Paused" });
      alive.set("old", "");
      await expect(firstValueFrom(client.connect("old"))).rejects.toMatchObject({ code: "invalid-state" });
    });

    it("errors not-found for an unknown one", async () => {
      await expect(firstValueFrom(world().client.connect("no"))).rejects.toMatchObject({
        code: "not-found",
        serverCode: "DOCKER::SANDBOX_NOT_FOUND",
      });
    });

    it("asks for no ping when told so", async () => {
      const { client, alive, sent } = world();
      alive.set("old", "");
      await firstValueFrom(client.connect("old", { skipHealthCheck: true }));
      expect(sent()).toEqual(["GET /v1/sandboxes/old"]);
    });
  });

  describe("attach", () => {
    it("asks the server for nothing but the address", async () => {
      const { client, sent } = world();
      const sandbox = client.attach("s1");
      expect(sent()).toEqual([]);
      await firstValueFrom(sandbox.ping());
      expect(sent()).toEqual(["GET /v1/sandboxes/s1/endpoints/44772", look("s1"), "GET /s1/proxy/44772/ping"]);
      expect(() => client.attach(" ")).toThrow(expect.objectContaining({ argument: "sandboxId" }) as Error);
    });

    it("calls at given addresses without a look-up, with the key only for the proxy of the control plane", async () => {
      const { client, sent, transport } = world({}, {}, { sandboxHeaders: { "X-Trace": "t" } });
      const at = (url: string) =>
        client.attach("s1", {
          endpoint: (port) => ({ url: `${url}/proxy/${port}`, headers: { token: "T" }, access: "proxy" }),
        });
      await firstValueFrom(at("http://box.test").ping());
      await firstValueFrom(at("http://cp.test").ping());
      expect(sent()).toEqual(["GET /proxy/44772/ping", "GET /proxy/44772/ping"]);
      const headers = { "x-trace": "t", token: "T" };
      expect(transport.requests.map((request) => request.headers)).toEqual([
        expect.objectContaining(headers),
        expect.objectContaining({ ...headers, "open-sandbox-api-key": "KEY" }),
      ]);
      expect(transport.requests[0]?.headers).not.toHaveProperty("open-sandbox-api-key");
    });
  });

  it("looks the address up again after a resume", async () => {
    const { client, sent } = world();
    const sandbox = await firstValueFrom(client.create({ image: "i" }));
    await firstValueFrom(sandbox.pause());
    const resumed = await firstValueFrom(sandbox.resume());
    expect(resumed.id).toBe(sandbox.id);
    expect(sent().slice(4)).toEqual([
      "POST /v1/sandboxes/s1/pause",
      "POST /v1/sandboxes/s1/resume",
      "GET /v1/sandboxes/s1",
      "GET /v1/sandboxes/s1/endpoints/44772",
      look("s1"),
      "GET /s1/proxy/44772/ping",
    ]);
  });

  it("takes a sandbox that is gone for killed, but not by id", async () => {
    const { client } = world();
    const sandbox = await firstValueFrom(client.create({ image: "i" }));
    await firstValueFrom(sandbox.kill());
    await firstValueFrom(sandbox.kill());
    await expect(firstValueFrom(client.sandboxes.kill("s1"))).rejects.toMatchObject({ code: "not-found" });
  });

  it("does not take a kill back when it is unsubscribed", async () => {
    const { client, alive, transport } = world({ killMs: 5 });
    const sandbox = await firstValueFrom(client.create({ image: "i" }));
    sandbox.kill().subscribe().unsubscribe();
    await client.close();
    expect(alive.size).toBe(0);
    expect(transport.calls("DELETE /v1/sandboxes/:id").map(({ end }) => end)).toEqual(["complete"]);
  });

  describe("isHealthy", () => {
    it("is false on any error", async () => {
      const { client } = world({ pings: ["ok", "down"] });
      const sandbox = await firstValueFrom(client.create({ image: "i" }));
      expect(await firstValueFrom(sandbox.isHealthy())).toBe(false);
      expect(await firstValueFrom(sandbox.isHealthy())).toBe(true);
    });
  });

  describe("with timers", () => {
    beforeEach(
      () =>
        void vi.useFakeTimers({
          toFake: ["setTimeout", "clearTimeout", "Date", "performance", "setInterval", "clearInterval"],
        }),
    );
    afterEach(() => void vi.useRealTimers());

    it("kills what does not become ready and waits at most 5 s for that", async () => {
      const { client, alive, events } = world({ pings: Array(200).fill("down") as "down"[], killMs: 8000 });
      let failedAt = 0;
      const startedAt = Date.now();
      let error: SandboxError | undefined;
      client
        .create({ image: "i", readyTimeoutSeconds: 2 })
        .subscribe({ error: (reason: SandboxError) => ((error = reason), (failedAt = Date.now() - startedAt)) });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(error).toMatchObject({ code: "ready-timeout", cause: { status: 502 } });
      expect(failedAt).toBe(7000);
      expect(alive.size).toBe(0);
      expect(events.filter(({ type }) => type === "cleanup-failed")).toEqual([]);
    });

    it("waits for the kill of withSandbox before it completes, and reports a failed one", async () => {
      const log: string[] = [];
      const { client } = world({ killMs: 1000 });
      client
        .withSandbox({ image: "i" }, () => of(1))
        .subscribe({ next: () => log.push("value"), complete: () => log.push("complete") });
      await vi.advanceTimersByTimeAsync(900);
      expect(log).toEqual(["value"]);
      await vi.advanceTimersByTimeAsync(300);
      expect(log).toEqual(["value", "complete"]);

      const failing = world({ kill: "refused" });
      let error: SandboxError | undefined;
      failing.client
        .withSandbox({ image: "i" }, () => of(1))
        .subscribe({ error: (reason: SandboxError) => (error = reason) });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(error).toMatchObject({ code: "cleanup-failed", cause: { serverCode: "DOCKER::SANDBOX_QUERY_FAILED" } });
      expect(failing.events).toContainEqual(
        expect.objectContaining({ type: "cleanup-failed", subject: { kind: "sandbox", id: "s1" } }),
      );

      const both = world({ kill: "refused" });
      let inner: unknown;
      both.client
        .withSandbox({ image: "i" }, () => {
          throw new Error("mine");
        })
        .subscribe({ error: (reason: unknown) => (inner = reason) });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(inner).toEqual(new Error("mine"));
    });

    it("gives the create its own, longer timeout and finds what came of it", async () => {
      const { client, alive } = world({ createMs: 301_000 });
      let error: SandboxError | undefined;
      client.create({ image: "i" }).subscribe({ error: (reason: SandboxError) => (error = reason) });
      await vi.advanceTimersByTimeAsync(299_000);
      expect(error).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1500);
      expect(error?.code).toBe("timeout");
      await vi.advanceTimersByTimeAsync(2000);
      expect(alive.size).toBeLessThanOrEqual(1);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(alive.size).toBe(0);
    });

    it("closes: refuses new work, ends what runs, kills what is half made", async () => {
      const { client, alive, transport } = world({ createMs: 2000 });
      const codes: string[] = [];
      const note = { error: (error: SandboxError) => void codes.push(error.code) };
      client.create({ image: "i" }).subscribe(note);
      client.withSandbox({ image: "i" }, () => NEVER).subscribe(note);
      await vi.advanceTimersByTimeAsync(1000);
      let isClosed = false;
      void client.close().then(() => (isClosed = true));
      await vi.advanceTimersByTimeAsync(0);
      expect(codes).toEqual(["closed", "closed"]);
      expect(isClosed).toBe(false);
      client.sandboxes.list().subscribe(note);
      expect(codes).toHaveLength(3);
      await vi.advanceTimersByTimeAsync(1500);
      expect(isClosed).toBe(true);
      expect(alive.size).toBe(0);
      // The transport is the caller's.
      expect(transport.isClosed).toBe(false);
      await client.close();
    });
  });

  it("survives an observer of events that throws, and lets that be seen", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const server = scriptedServer();
    const client = createClient({
      domain: "cp.test",
      transport: server.transport,
      events: {
        next: () => {
          throw new Error("mine");
        },
      },
    });
    expect((await firstValueFrom(client.create({ image: "i" }))).id).toBe("s1");
    expect(() => vi.runAllTimers()).toThrow("mine");
    vi.useRealTimers();
  });

  it("takes domain and key from the environment, where empty means unset", async () => {
    vi.stubEnv("OPEN_SANDBOX_DOMAIN", "env.test:9");
    vi.stubEnv("OPEN_SANDBOX_API_KEY", "ENVKEY");
    const ask = async (options: ClientOptions) => {
      const server = scriptedServer();
      await firstValueFrom(createClient({ transport: server.transport, ...options }).sandboxes.list());
      const request = server.transport.requests[0];
      return [new URL(request?.url ?? "").origin, request?.headers["open-sandbox-api-key"]];
    };
    expect(await ask({})).toEqual(["http://env.test:9", "ENVKEY"]);
    expect(await ask({ domain: "mine.test", apiKey: "MINE" })).toEqual(["http://mine.test", "MINE"]);
    vi.stubEnv("OPEN_SANDBOX_DOMAIN", "");
    vi.stubEnv("OPEN_SANDBOX_API_KEY", "");
    expect(await ask({})).toEqual(["http://localhost:8080", undefined]);
    vi.unstubAllEnvs();
  });

  it("is disposable", async () => {
    const { client } = world();
    const ended = new Subject<void>();
    await client[Symbol.asyncDispose]();
    client.sandboxes.list().subscribe({ error: () => ended.complete() });
    expect(ended.isStopped).toBe(true);
  });
});
