import { createTestTransport } from "@rxsandbox/testkit";
import { describe, expect, it, vi } from "vitest";
import { ConnectionConfig } from "../connection/connection-config.js";
import { SandboxReadyTimeoutException } from "../errors/exceptions.js";
import { SandboxManager } from "../sandbox/sandbox-manager.js";
import { Sandbox } from "../sandbox/sandbox.js";
import { fakeAdapters } from "../testing/fake-adapters.js";
import { serverRoutes } from "../testing/scripted-sandbox.js";
import { DefaultAdapterFactory } from "./default-adapter-factory.js";

const connectionConfig = { domain: "https://cp.test" };

describe("AdapterFactory", () => {
  it("gets the whole request of a create, with the official defaults", async () => {
    const { adapterFactory, created } = fakeAdapters();
    await Sandbox.create({
      adapterFactory,
      connectionConfig,
      image: "i",
      timeoutSeconds: 61.9,
      networkPolicy: {},
      credentialProxy: { enabled: true },
    });
    await Sandbox.create({
      adapterFactory,
      connectionConfig,
      snapshotId: "n",
      timeoutSeconds: null,
      secureAccess: true,
      entrypoint: ["a"],
      resource: { cpu: "2" },
    });
    const defaults = {
      entrypoint: ["tail", "-f", "/dev/null"],
      resourceLimits: { cpu: "1", memory: "2Gi" },
      secureAccess: false,
      env: {},
      metadata: {},
      extensions: {},
    };
    expect(created).toEqual([
      {
        ...defaults,
        image: { uri: "i" },
        timeout: 61,
        networkPolicy: { defaultAction: "deny" },
        credentialProxy: { enabled: true },
      },
      { ...defaults, snapshotId: "n", secureAccess: true, entrypoint: ["a"], resourceLimits: { cpu: "2" } },
    ]);
  });

  it("gets both addresses, looked up through its own lifecycle API, and builds one egress stack", async () => {
    const { adapterFactory, calls, daemons, sidecars } = fakeAdapters();
    const sandbox = await Sandbox.connect({
      adapterFactory,
      sandboxId: "f",
      connectionConfig: { ...connectionConfig, useServerProxy: true },
    });
    expect(calls).toEqual([
      ["getSandboxEndpoint", "f", 44_772, true],
      ["getSandboxEndpoint", "f", 18_080, true],
    ]);
    expect(daemons).toEqual([
      {
        connectionConfig: sandbox.connectionConfig,
        execdBaseUrl: "https://box.test/44772",
        endpointHeaders: { "x-port": "44772" },
      },
    ]);
    expect(sidecars).toEqual([
      {
        connectionConfig: sandbox.connectionConfig,
        egressBaseUrl: "https://box.test/18080",
        endpointHeaders: { "x-port": "18080" },
      },
    ]);
    expect(await sandbox.getEgressPolicy()).toEqual({ defaultAction: "deny" });
    await sandbox.patchEgressRules([]);
    expect(sidecars).toHaveLength(1);
    expect(await sandbox.getEndpointUrl(80)).toBe("https://box.test/80");
  });

  it("is handed on by a resume", async () => {
    const { adapterFactory, calls, daemons } = fakeAdapters();
    const sandbox = await Sandbox.connect({ adapterFactory, sandboxId: "f", connectionConfig });
    calls.length = 0;
    expect(await sandbox.resume()).not.toBe(sandbox);
    expect(calls.map(([name]) => name)).toEqual(["resumeSandbox", "getSandboxEndpoint", "getSandboxEndpoint"]);
    expect(daemons).toHaveLength(2);
  });

  it("may leave out the vault and isolation, or serve the vault in the egress adapter", async () => {
    const without = await Sandbox.connect({ ...fakeAdapters(), sandboxId: "f", connectionConfig });
    await expect(without.credentialVault.get()).rejects.toThrow("Credential Vault is not available");
    await expect(without.isolation.list()).rejects.toThrow("Isolation is not available");
    const names = [
      "create",
      "get",
      "patch",
      "delete",
      "listCredentials",
      "getCredential",
      "listBindings",
      "getBinding",
    ];
    const egress = Object.fromEntries(names.map((name) => [name, () => Promise.resolve(name)]));
    const { credentialVault } = await Sandbox.connect({
      ...fakeAdapters({ egress }),
      sandboxId: "f",
      connectionConfig,
    });
    expect(credentialVault).toBe(egress);
  });

  it("has its errors passed on as they are, and a sandbox that it created deleted", async () => {
    const broken = new TypeError("mine");
    const { adapterFactory, calls } = fakeAdapters({
      sandboxes: {
        getSandboxEndpoint: () => Promise.reject(broken),
        deleteSandbox: () => Promise.reject(new Error("late")),
      },
    });
    await expect(Sandbox.create({ adapterFactory, connectionConfig, image: "i" })).rejects.toBe(broken);
    expect(calls.at(-1)).toEqual(["deleteSandbox", "f"]);
    const manager = SandboxManager.create({ ...fakeAdapters(), connectionConfig });
    await expect(manager.killSandbox("x").then(() => manager.getSandboxInfo("x"))).rejects.toThrow(
      "getSandbox is not faked",
    );
  });

  it("decides about readiness, whatever its getSandbox says", async () => {
    const ping = vi
      .fn()
      .mockRejectedValueOnce(new Error("not yet"))
      .mockResolvedValueOnce(false)
      .mockResolvedValue(true);
    const { adapterFactory } = fakeAdapters({ execd: { health: { ping } } });
    await Sandbox.create({ adapterFactory, connectionConfig, image: "i", healthCheckPollingInterval: 1 });
    expect(ping).toHaveBeenCalledTimes(3);
    const never = fakeAdapters({ execd: { health: { ping: () => Promise.resolve(false) } } });
    await expect(
      Sandbox.create({ ...never, connectionConfig, image: "i", readyTimeoutSeconds: 0.01 }),
    ).rejects.toBeInstanceOf(SandboxReadyTimeoutException);
    expect(never.calls.at(-1)).toEqual(["deleteSandbox", "f"]);
  });

  it("leaves connections to the object that it was given: closing goes through closeTransport", async () => {
    const config = new ConnectionConfig(connectionConfig);
    const closeTransport = vi.fn(() => Promise.resolve());
    Object.assign(config, { closeTransport, withTransportIfMissing: () => config });
    const manager = SandboxManager.create({ ...fakeAdapters(), connectionConfig: config });
    await manager.close();
    expect(closeTransport).toHaveBeenCalledTimes(1);
  });
});

describe("DefaultAdapterFactory", () => {
  it("serves a sandbox when it is given, and when parts of it are replaced", async () => {
    const transport = createTestTransport(
      serverRoutes({
        "GET /v1/sandboxes/s/endpoints/18080": {
          json: { endpoint: "box.test/e", headers: { "OPENSANDBOX-EGRESS-AUTH": "E" } },
        },
        "GET /e/policy": { json: { policy: { defaultAction: "allow", egress: null } } },
      }),
    );
    class Traced extends DefaultAdapterFactory {
      override createExecdStack(opts: Parameters<DefaultAdapterFactory["createExecdStack"]>[0]) {
        return super.createExecdStack({ ...opts, endpointHeaders: { ...opts.endpointHeaders, "X-Trace": "t" } });
      }
    }
    const sandbox = await Sandbox.create({
      adapterFactory: new Traced(),
      image: "i",
      connectionConfig: { domain: "cp.test", apiKey: "KEY", transport },
    });
    expect((await sandbox.commands.run("echo hi")).logs.stdout[0]?.text).toBe("hi");
    expect(await sandbox.getEgressPolicy()).toEqual({ defaultAction: "allow", egress: [] });
    const { headers } = transport.calls("POST /s/command")[0]!;
    expect(headers).toMatchObject({ "x-execd-access-token": "EXECD-TOKEN", "x-trace": "t" });
    expect(headers).not.toHaveProperty("open-sandbox-api-key");
    await sandbox.close();
    await expect(sandbox.commands.run("echo hi")).rejects.toMatchObject({ error: { code: "CLOSED" } });
  });

  it("closes the connections to another control plane with those of the object that they were made for", async () => {
    const transport = createTestTransport({
      "GET /other/v1/sandboxes/s": {
        json: { id: "s", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" },
      },
    });
    const config = new ConnectionConfig({ domain: "cp.test", transport }).withTransportIfMissing();
    const { sandboxes } = new DefaultAdapterFactory().createLifecycleStack({
      connectionConfig: config,
      lifecycleBaseUrl: "http://cp.test/other/v1",
    });
    expect((await sandboxes.getSandbox("s")).id).toBe("s");
    await config.closeTransport();
    await expect(sandboxes.getSandbox("s")).rejects.toMatchObject({ error: { code: "CLOSED" } });
  });

  it("sends through the fetch of an object that only looks like a ConnectionConfig, without its key", async () => {
    const requests: Request[] = [];
    const fetch = (input: RequestInfo | URL) => {
      requests.push(input as Request);
      return Promise.resolve(new Response(null));
    };
    const fake = { headers: { "X-Mine": "m", "OPEN-SANDBOX-API-KEY": "KEY" }, fetch, sseFetch: fetch };
    const { health } = new DefaultAdapterFactory().createExecdStack({
      connectionConfig: fake as never,
      execdBaseUrl: "http://box.test/d/",
      endpointHeaders: { "X-Port": "1" },
    });
    expect(await health.ping()).toBe(true);
    expect(requests[0]!.url).toBe("http://box.test/d/ping");
    expect(Object.fromEntries(requests[0]!.headers)).toMatchObject({ "x-mine": "m", "x-port": "1" });
    expect(requests[0]!.headers.has("open-sandbox-api-key")).toBe(false);
  });
});
