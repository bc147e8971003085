import { afterEach, describe, expect, it, vi } from "vitest";
import { SandboxApiException } from "../errors/exceptions.js";
import { eventLines, recordedFetch } from "../testing/recorded-fetch.js";
import {
  CommandsAdapter,
  EgressAdapter,
  FilesystemAdapter,
  HealthAdapter,
  MetricsAdapter,
  SandboxesAdapter,
  createEgressClient,
  createExecdClient,
  createLifecycleClient,
} from "./index.js";

const baseUrl = "http://box.test/d";

afterEach(() => void vi.unstubAllEnvs());

describe("typed clients", () => {
  it("send one request each to the base address, with the headers that they were made with", async () => {
    const { fetch, calls } = recordedFetch({
      "GET /d/code/contexts/k%2F1": () => Response.json({ id: "k/1", language: "python" }),
    });
    const client = createExecdClient({ baseUrl, headers: { "X-Token": "t" }, fetch });
    const found = await client.GET("/code/contexts/{context_id}", { params: { path: { context_id: "k/1" } } });
    expect(found.data?.language).toBe("python");
    const missing = await client.DELETE("/code", { params: { query: { id: "x" } } });
    expect(missing.response.status).toBe(404);
    expect(missing.error?.message).toBe("no such thing");
    expect(calls.map(({ method, url, headers }) => [method, url, headers["x-token"]])).toEqual([
      ["GET", "http://box.test/d/code/contexts/k%2F1", "t"],
      ["DELETE", "http://box.test/d/code?id=x", "t"],
    ]);
  });

  it("send the tenant key to the lifecycle API alone, from the environment when none is given", async () => {
    vi.stubEnv("OPEN_SANDBOX_API_KEY", "ENV-KEY");
    const { fetch, calls } = recordedFetch({});
    await createLifecycleClient({ fetch }).GET("/sandboxes");
    await createLifecycleClient({ fetch, apiKey: "KEY" }).GET("/sandboxes");
    await createLifecycleClient({ fetch, apiKey: "KEY", headers: { "Open-Sandbox-Api-Key": "MINE" } }).GET(
      "/sandboxes",
    );
    await createExecdClient({ baseUrl, fetch }).GET("/ping");
    await createEgressClient({ baseUrl, fetch }).GET("/policy");
    expect(calls.map(({ url, headers }) => `${url} ${headers["open-sandbox-api-key"]}`)).toEqual([
      "http://localhost:8080/v1/sandboxes ENV-KEY",
      "http://localhost:8080/v1/sandboxes KEY",
      "http://localhost:8080/v1/sandboxes MINE",
      "http://box.test/d/ping undefined",
      "http://box.test/d/policy undefined",
    ]);
  });
});

describe("adapters over typed clients", () => {
  it("judge an answer by its status, with or without a body", async () => {
    const { fetch } = recordedFetch({
      "GET /d/ping": () => new Response(null, { status: 200 }),
      "GET /d/metrics": () =>
        Response.json({ cpu_count: 2, cpu_used_pct: 1, mem_total_mib: 10, mem_used_mib: 5, timestamp: 1 }),
    });
    const client = createExecdClient({ baseUrl, fetch });
    expect(await new HealthAdapter(client).ping()).toBe(true);
    expect(await new MetricsAdapter(client).getMetrics()).toEqual({
      cpuCount: 2,
      cpuUsedPercentage: 1,
      memoryTotalMiB: 10,
      memoryUsedMiB: 5,
      timestamp: 1,
    });
    const refused = createExecdClient({
      baseUrl,
      fetch: () => Promise.resolve(Response.json({ code: "UNAVAILABLE", message: "not ready" }, { status: 503 })),
    });
    const error: unknown = await new HealthAdapter(refused).ping().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SandboxApiException);
    expect(error).toMatchObject({ statusCode: 503, message: "not ready", error: { code: "UNAVAILABLE" } });
    const empty = createExecdClient({ baseUrl, fetch: () => Promise.resolve(new Response(null, { status: 503 })) });
    await expect(new HealthAdapter(empty).ping()).rejects.toMatchObject({ statusCode: 503 });
  });

  it("take a client that only has the method that is called", async () => {
    const answer = {
      data: null,
      error: undefined,
      response: new Response(null, { headers: { "EXECD-COMMANDS-TAIL-CURSOR": "42" } }),
    };
    const client = { GET: () => Promise.resolve(answer) };
    expect(await new CommandsAdapter(client as never, { baseUrl }).getBackgroundCommandLogs("c", 42)).toEqual({
      content: "",
      cursor: 42,
    });
  });

  it("run commands through fetch(url, init), and take each line for a frame", async () => {
    const { fetch, calls } = recordedFetch({
      "POST /d/command": eventLines(
        { type: "init", text: "c", timestamp: 1 },
        { type: "stdout", text: "hi", timestamp: 2 },
        { type: "execution_complete", timestamp: 3, execution_time: 4 },
      ),
      "POST /d/session/s/run": eventLines(
        { type: "init", text: "c", timestamp: 1 },
        { type: "error", error: { ename: "CommandExecError", evalue: "7", traceback: null }, timestamp: 2 },
      ),
    });
    const commands = new CommandsAdapter({} as never, { baseUrl: `${baseUrl}/`, fetch, headers: { "X-Token": "t" } });
    expect(await commands.run("echo hi")).toMatchObject({
      id: "c",
      exitCode: 0,
      logs: { stdout: [{ text: "hi" }] },
      complete: { executionTimeMs: 4 },
    });
    expect(await commands.runInSession("s", "exit 7", { timeoutSeconds: 5 })).toMatchObject({ exitCode: 7 });
    const types: string[] = [];
    for await (const { type } of commands.runInSessionStream("s", "exit 7")) types.push(type);
    expect(types).toEqual(["init", "error"]);
    expect(calls[1]).toMatchObject({
      method: "POST",
      url: `${baseUrl}/session/s/run`,
      isPlain: true,
      headers: { "x-token": "t", accept: "text/event-stream" },
    });
    expect(JSON.parse(calls[1]!.body)).toEqual({ command: "exit 7", timeout: 5000 });
  });

  it("reject for a stream that breaks off", async () => {
    const { fetch } = recordedFetch({ "POST /d/command": eventLines({ type: "init", text: "c", timestamp: 1 }) });
    await expect(new CommandsAdapter({} as never, { baseUrl, fetch }).run("echo hi")).rejects.toMatchObject({
      error: { code: "STREAM_TRUNCATED" },
    });
  });

  it("read and write files", async () => {
    const info = {
      path: "/a",
      size: 1,
      modified_at: "2026-11-23T02:03:37Z",
      created_at: "2026-11-23T02:03:37Z",
      owner: "o",
      group: "g",
      mode: 644,
    };
    const { fetch, calls } = recordedFetch({
      "GET /d/files/info": () => Response.json({ "/a": info }),
      "GET /d/files/download": () => new Response("text\ntwo"),
      "POST /d/files/upload": () => new Response(null),
    });
    const files = new FilesystemAdapter(createExecdClient({ baseUrl, fetch }), { baseUrl, fetch });
    expect((await files.getFileInfo(["/a"]))["/a"]).toMatchObject({
      size: 1,
      modifiedAt: new Date("2026-11-23T02:03:37Z"),
    });
    expect(await files.readFile("/a")).toBe("text\ntwo");
    await files.writeFiles([{ path: "/b", data: "new" }]);
    expect(calls.at(-1)!.body).toContain("new");
    expect(calls.at(-1)!.headers["content-type"]).toMatch(/^multipart\/form-data/);
  });

  it("serve the lifecycle API through a client that knows the address and the key", async () => {
    const sandbox = { id: "s", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" };
    const { fetch, calls } = recordedFetch({
      "GET /x/v1/sandboxes/s": () => Response.json(sandbox),
      "DELETE /x/v1/sandboxes/s": () => new Response(null, { status: 204 }),
      "GET /x/v1/sandboxes/s/endpoints/80": () => Response.json({ endpoint: "box.test/80" }),
    });
    vi.stubEnv("OPEN_SANDBOX_API_KEY", "ENV-KEY");
    const sandboxes = new SandboxesAdapter(
      createLifecycleClient({ baseUrl: "http://cp.test/x/v1", apiKey: "KEY", fetch }),
      { disabled: true },
    );
    expect(await sandboxes.getSandbox("s")).toMatchObject({ id: "s", expiresAt: null });
    expect(await sandboxes.getSandboxEndpoint("s", 80)).toEqual({ endpoint: "box.test/80", headers: {} });
    await sandboxes.deleteSandbox("s");
    await expect(sandboxes.deleteSandbox("t")).rejects.toMatchObject({ statusCode: 404 });
    expect(new Set(calls.map(({ headers }) => headers["open-sandbox-api-key"]))).toEqual(new Set(["KEY"]));
  });

  it("serve policy and vault in one object", async () => {
    const state = {
      revision: 1,
      credentials: [{ name: "c", sourceType: "inline", revision: 1, source: { value: "SECRET" } }],
      bindings: [],
    };
    const { fetch, calls } = recordedFetch({
      "GET /d/policy": () => Response.json({ status: "ok", policy: { defaultAction: "deny", egress: null } }),
      "GET /d/credential-vault": () => Response.json(state),
    });
    const egress = new EgressAdapter(createEgressClient({ baseUrl, fetch }), {
      baseUrl,
      fetch,
      headers: { "X-Token": "t" },
    });
    expect(await egress.getPolicy()).toEqual({ defaultAction: "deny", egress: [] });
    expect(await egress.get()).toEqual({
      revision: 1,
      credentials: [{ name: "c", sourceType: "inline", revision: 1 }],
      bindings: [],
    });
    expect(calls.map(({ isPlain }) => isPlain)).toEqual([false, true]);
  });

  it("can be extended: methods are on the prototype", async () => {
    class Sleepy extends HealthAdapter {
      override async ping(): Promise<boolean> {
        return !(await super.ping());
      }
    }
    const { fetch } = recordedFetch({ "GET /d/ping": () => new Response() });
    const health = new Sleepy(createExecdClient({ baseUrl, fetch }));
    expect(await health.ping()).toBe(false);
    expect(health).toBeInstanceOf(HealthAdapter);
    expect(HealthAdapter.name).toBe("HealthAdapter");
  });
});
