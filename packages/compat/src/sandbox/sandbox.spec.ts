import { createTestTransport, type RouteScript } from "@rxsandbox/testkit";
import { describe, expect, it } from "vitest";
import {
  InvalidArgumentException,
  SandboxReadyTimeoutException,
  SandboxUnhealthyException,
} from "../errors/exceptions.js";
import { scriptedSandbox, serverRoutes } from "../testing/scripted-sandbox.js";
import { Sandbox } from "./sandbox.js";
import type { SandboxCreateOptions } from "./sandbox-options.js";

function server(routes: Readonly<Record<string, RouteScript>> = {}) {
  const transport = createTestTransport(serverRoutes(routes));
  const create = (opts: SandboxCreateOptions = {}) =>
    Sandbox.create({ image: "python:3.11", connectionConfig: { domain: "cp.test", transport }, ...opts });
  return { transport, create };
}

describe("Sandbox.create", () => {
  it("sends what the official SDK sends, and looks up no address that nobody asked for", async () => {
    const { transport, create } = server();
    const sandbox = await create({
      env: { A: "b" },
      networkPolicy: {},
      timeoutSeconds: 90.9,
      volumes: [{ name: "v", mountPath: "/m", pvc: { claimName: "c", storage: null } }],
    });
    expect(sandbox.id).toBe("s");
    expect(transport.calls("POST /v1/sandboxes")[0]!.json()).toMatchObject({
      image: { uri: "python:3.11" },
      entrypoint: ["tail", "-f", "/dev/null"],
      resourceLimits: { cpu: "1", memory: "2Gi" },
      env: { A: "b" },
      networkPolicy: { defaultAction: "deny" },
      timeout: 90,
      volumes: [{ name: "v", mountPath: "/m", pvc: { claimName: "c" } }],
    });
    expect(transport.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /v1/sandboxes",
      "GET /v1/sandboxes/s/endpoints/44772",
      "GET /s/ping",
    ]);
  });

  it.each<[SandboxCreateOptions, string]>([
    [{ image: undefined as never }, "Exactly one of image or snapshotId must be provided"],
    [{ snapshotId: "x" }, "Exactly one of image or snapshotId must be provided"],
    [{ timeoutSeconds: Number.NaN }, "timeoutSeconds must be a finite number, got NaN"],
    [
      { volumes: [{ name: "n", mountPath: "/m" }] },
      "Volume 'n' must specify exactly one backend (host, pvc, ossfs), but none was provided.",
    ],
    [
      { volumes: [{ name: "n", mountPath: "/m", host: { path: "/a" }, pvc: { claimName: "c" } }] },
      "Volume 'n' must specify exactly one backend (host, pvc, ossfs), but multiple were provided.",
    ],
    [
      { volumes: [{ name: "n", mountPath: "/m", host: { path: "a" } }] },
      "Host path must be an absolute path starting with '/' or a Windows drive letter (e.g. 'C:\\' or 'D:/')",
    ],
  ])("refuses %j and sends nothing", async (opts, message) => {
    const { transport, create } = server();
    const error: unknown = await create(opts).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidArgumentException);
    expect(error).toMatchObject({ message });
    expect(transport.requests).toEqual([]);
  });

  it("hands the health check the sandbox that it resolves with", async () => {
    const { create } = server();
    const asked: Sandbox[] = [];
    const sandbox = await create({
      healthCheckPollingInterval: 0,
      healthCheck: (candidate) => asked.push(candidate) > 1,
    });
    expect(asked).toEqual([sandbox, sandbox]);
  });

  it("kills what never got ready and says why in the official words", async () => {
    const { transport, create } = server({ "GET /s/ping": { status: 502 } });
    const error: unknown = await create({ readyTimeoutSeconds: 0.3 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SandboxReadyTimeoutException);
    expect(error).toMatchObject({
      error: { code: "READY_TIMEOUT" },
      message: expect.stringMatching(
        /^Sandbox health check timed out after 0\.3s \(\d+ attempts\)\. Last health check error: .*502.*\. Connection context: domain=cp\.test, useServerProxy=false\. .*useServerProxy=true\.$/,
      ) as string,
    });
    expect(transport.calls("DELETE /v1/sandboxes/s")).toHaveLength(1);
    const saidNo = create({ readyTimeoutSeconds: 0.3, healthCheck: () => false });
    await expect(saidNo).rejects.toThrow("attempts). Health check returned false continuously. Connection context");
    const threw = create({ readyTimeoutSeconds: 0.3, healthCheck: () => Promise.reject(new Error("probe broke")) });
    await expect(threw).rejects.toThrow("Last health check error: probe broke.");
  });

  it("does not wait for a sandbox that has failed", async () => {
    const info = { id: "s", status: { state: "Failed", reason: "IMAGE" }, createdAt: "2026-11-23T02:03:37Z" };
    const { create } = server({ "POST /v1/sandboxes": { status: 202, json: info } });
    await expect(create()).rejects.toBeInstanceOf(SandboxUnhealthyException);
  });
});

describe("sandbox", () => {
  it("rejects a kill of what is gone", async () => {
    const { sandbox } = await scriptedSandbox({
      "DELETE /v1/sandboxes/s": { status: 404, json: { code: "DOCKER::SANDBOX_NOT_FOUND", message: "gone" } },
    });
    await expect(sandbox.kill()).rejects.toMatchObject({
      statusCode: 404,
      error: { code: "DOCKER::SANDBOX_NOT_FOUND" },
    });
  });

  it("gives dates, an entrypoint always, and the time of the state as text", async () => {
    const { sandbox } = await scriptedSandbox();
    expect(await sandbox.getInfo()).toEqual({
      id: "s",
      createdAt: new Date("2026-11-23T02:03:37Z"),
      expiresAt: null,
      entrypoint: [],
      metadata: {},
      status: { state: "Running", lastTransitionAt: "2026-11-23T02:03:38.000Z" },
    });
  });

  it("gives endpoints without scheme and without the tenant key", async () => {
    const { sandbox } = await scriptedSandbox({
      "GET /v1/sandboxes/s/endpoints/80": { json: { endpoint: "box.test/s/80", headers: { A: "b" } } },
    });
    expect(await sandbox.getEndpoint(80)).toEqual({ endpoint: "box.test/s/80", headers: { a: "b" } });
    expect(await sandbox.getEndpointUrl(80)).toBe("http://box.test/s/80");
  });

  it("works on after a resume that failed, and after the resumed one is closed", async () => {
    const { sandbox } = await scriptedSandbox({
      "POST /v1/sandboxes/s/resume": [{ status: 409, json: { code: "X", message: "not paused" } }, { status: 202 }],
    });
    await expect(sandbox.resume()).rejects.toThrow("not paused");
    await sandbox.getInfo();
    const resumed = await sandbox.resume();
    expect(resumed).not.toBe(sandbox);
    await resumed.close();
    await expect(resumed.getInfo()).rejects.toMatchObject({ error: { code: "CLOSED" } });
    expect((await sandbox.commands.run("echo hi")).exitCode).toBe(0);
  });

  it("answers health by a value or by a rejection", async () => {
    const { sandbox, transport } = await scriptedSandbox();
    expect([await sandbox.isHealthy(), await sandbox.health.ping()]).toEqual([true, true]);
    transport.route("GET /s/ping", { status: 502 });
    expect(await sandbox.isHealthy()).toBe(false);
    await expect(sandbox.health.ping()).rejects.toMatchObject({ statusCode: 502 });
  });

  it("gives metrics", async () => {
    const wire = { cpu_count: 2, cpu_used_pct: 12.5, mem_total_mib: 1024, mem_used_mib: 512, timestamp: 1 };
    const { sandbox } = await scriptedSandbox({ "GET /s/metrics": { json: wire } });
    const expected = { cpuCount: 2, cpuUsedPercentage: 12.5, memoryTotalMiB: 1024, memoryUsedMiB: 512, timestamp: 1 };
    expect([await sandbox.getMetrics(), await sandbox.metrics.getMetrics()]).toEqual([expected, expected]);
  });

  it("waits until it is ready", async () => {
    const { sandbox } = await scriptedSandbox();
    let calls = 0;
    await sandbox.waitUntilReady({
      readyTimeoutSeconds: 5,
      pollingIntervalMillis: 1,
      healthCheck: () => (calls += 1) === 2,
    });
    await expect(
      sandbox.waitUntilReady({ readyTimeoutSeconds: 0.3, pollingIntervalMillis: 50, healthCheck: () => false }),
    ).rejects.toBeInstanceOf(SandboxReadyTimeoutException);
  });
});
