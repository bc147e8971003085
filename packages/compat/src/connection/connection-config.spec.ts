import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InvalidArgumentException } from "../errors/exceptions.js";
import { scriptedSandbox } from "../testing/scripted-sandbox.js";
import { Sandbox } from "../sandbox/sandbox.js";
import { ConnectionConfig } from "./connection-config.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

beforeEach(() => {
  // The machine may have them set.
  vi.stubEnv("OPEN_SANDBOX_DOMAIN", "");
  vi.stubEnv("OPEN_SANDBOX_API_KEY", "");
});

describe("ConnectionConfig", () => {
  it.each([
    [undefined, undefined, "http://localhost:8080/v1"],
    ["", undefined, "http://localhost:8080/v1"],
    ["example.com:9000", undefined, "http://example.com:9000/v1"],
    ["example.com", "https", "https://example.com/v1"],
    ["https://example.com/sandbox/v1/?a=b#c", "http", "https://example.com/sandbox/v1"],
    ["example.com/v1//", "http", "http://example.com/v1"],
  ] as const)("reads %j with protocol %j as %s", (domain, protocol, url) => {
    expect(
      new ConnectionConfig({
        ...(domain !== undefined && { domain }),
        ...(protocol !== undefined && { protocol }),
      }).getBaseUrl(),
    ).toBe(url);
  });

  it.each(["ftp://example.com", "http://user:secret@example.com", "http://"])("refuses %s", (domain) => {
    const attempt = () => new ConnectionConfig({ domain });
    expect(attempt).toThrow(InvalidArgumentException);
    expect(attempt).toThrow(/^((?!secret).)*$/);
  });

  it("reads the environment, where empty means unset", () => {
    vi.stubEnv("OPEN_SANDBOX_DOMAIN", "env.test");
    vi.stubEnv("OPEN_SANDBOX_API_KEY", "");
    vi.stubEnv("OPENSANDBOX_DISABLE_METRICS", " 1 ");
    expect(new ConnectionConfig()).toMatchObject({
      domain: "env.test",
      disableMetrics: true,
      requestTimeoutSeconds: 30,
      useServerProxy: false,
    });
    expect(new ConnectionConfig().apiKey).toBeUndefined();
    expect(new ConnectionConfig({ domain: "given.test" }).domain).toBe("given.test");
  });

  it("shows neither key nor header values in logs", () => {
    const config = new ConnectionConfig({
      domain: "a.test",
      apiKey: "SECRET-1",
      headers: { Authorization: "SECRET-2" },
      sandboxHeaders: { Cookie: "SECRET-3" },
    });
    expect(`${inspect(config)} ${JSON.stringify(config)}`).not.toContain("SECRET");
    expect(JSON.parse(JSON.stringify(config))).toMatchObject({
      domain: "a.test",
      apiKey: "***",
      headers: { Authorization: "***" },
    });
    expect(new ConnectionConfig({ ...config, useServerProxy: true })).toMatchObject({
      apiKey: "SECRET-1",
      useServerProxy: true,
    });
  });

  it("sends key and headers to the control plane, and sandbox headers to sandboxes", async () => {
    const { sandbox, transport } = await scriptedSandbox(
      {},
      { headers: { Authorization: "Bearer CP" }, sandboxHeaders: { "X-Trace": "t" } },
    );
    await sandbox.commands.run("echo hi");
    const [toControlPlane, toSandbox] = [
      transport.calls("GET /v1/sandboxes/s")[0]!,
      transport.calls("POST /s/command")[0]!,
    ];
    expect(toControlPlane.headers).toMatchObject({ "open-sandbox-api-key": "TENANT-KEY", authorization: "Bearer CP" });
    expect(toSandbox.headers).toMatchObject({ "x-trace": "t", "x-execd-access-token": "EXECD-TOKEN" });
    expect(JSON.stringify(toSandbox.headers)).not.toMatch(/TENANT|CP/);
  });

  it("takes a key that is among the headers for the key", async () => {
    const { transport } = await scriptedSandbox(
      {},
      { apiKey: "OTHER", headers: { "OPEN-SANDBOX-API-KEY": "FROM-HEADERS" } },
    );
    expect(transport.calls("GET /v1/sandboxes/s")[0]!.headers["open-sandbox-api-key"]).toBe("FROM-HEADERS");
  });

  it("has no request timeout when that is 0 or negative", async () => {
    for (const requestTimeoutSeconds of [0, -1]) {
      const { transport } = await scriptedSandbox({}, { requestTimeoutSeconds });
      expect(transport.calls("GET /v1/sandboxes/s")[0]!.timeoutMs).toBeGreaterThan(1e9);
    }
  });

  it("closes with closeTransport what was made with it", async () => {
    const { sandbox, config } = await scriptedSandbox();
    await config.closeTransport();
    await expect(sandbox.getInfo()).rejects.toMatchObject({ error: { code: "CLOSED" } });
  });

  it("gives each sandbox connections of its own, also one made with the settings of another", async () => {
    const { sandbox, config } = await scriptedSandbox();
    const second = await Sandbox.connect({ sandboxId: "s", connectionConfig: sandbox.connectionConfig });
    await sandbox.close();
    await expect(sandbox.getInfo()).rejects.toMatchObject({ error: { code: "CLOSED" } });
    expect((await second.getInfo()).id).toBe("s");
    await config.closeTransport();
    await expect(second.getInfo()).rejects.toMatchObject({ error: { code: "CLOSED" } });
  });

  it("adds the key in fetch to requests below the control plane's address, and to no others", async () => {
    const fetch = vi.fn(() => Promise.resolve(new Response()));
    vi.stubGlobal("fetch", fetch);
    const config = new ConnectionConfig({ domain: "cp.test/prefix", apiKey: "KEY", requestTimeoutSeconds: 0 });
    const urls = ["http://cp.test/prefix/v1/sandboxes", "http://cp.test/prefixed", "http://box.test/cp.test/prefix/"];
    for (const url of urls) await config.fetch(url, { headers: { A: "b" } });
    await config.sseFetch(new Request("http://cp.test/prefix/x", { headers: { "open-sandbox-api-key": "MINE" } }));
    const sent = (fetch.mock.calls as unknown as [unknown, RequestInit][]).map(([, init]) => [
      new Headers(init.headers).get("open-sandbox-api-key"),
      init.redirect,
    ]);
    expect(sent).toEqual([
      ["KEY", "manual"],
      [null, undefined],
      [null, undefined],
      ["MINE", "manual"],
    ]);
  });

  it("gives each stream of sseFetch a connection of its own", async () => {
    const sockets = new Set<unknown>();
    const server = createServer((request, response) => {
      sockets.add(request.socket);
      response.end("events");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/code`;
    const { sseFetch } = new ConnectionConfig({ domain: "cp.test" });
    for (let nth = 0; nth < 3; nth += 1)
      expect(await (await sseFetch(url, { method: "POST", body: "{}" })).text()).toBe("events");
    expect(sockets.size).toBe(3);
    server.close();
  });

  it("offers fetch under its timeout, and sseFetch without one", async () => {
    vi.stubGlobal(
      "fetch",
      (_: unknown, init?: RequestInit) =>
        new Promise((resolve, reject) => {
          if (init?.signal == null) resolve("answered");
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
    );
    const config = new ConnectionConfig({ requestTimeoutSeconds: 0.01 });
    await expect(config.fetch("http://a.test")).rejects.toMatchObject({ name: "TimeoutError" });
    expect(await config.sseFetch("http://a.test")).toBe("answered");
  });
});
