import { createTestTransport, type RouteScript } from "@rxsandbox/testkit";
import { describe, expect, it } from "vitest";
import { serverRoutes } from "../testing/scripted-sandbox.js";
import { SandboxManager } from "./sandbox-manager.js";
import { Sandbox } from "./sandbox.js";

const snapshot = {
  id: "n",
  sandboxId: "s",
  name: "first",
  status: { state: "Ready", lastTransitionAt: "2026-11-23T02:03:38Z" },
  createdAt: "2026-11-23T02:03:37Z",
};
const page = (items: readonly unknown[]) => ({
  json: { items, pagination: { page: 1, pageSize: 20, totalItems: items.length, totalPages: 1, hasNextPage: false } },
});

function server(routes: Readonly<Record<string, RouteScript>> = {}) {
  const transport = createTestTransport(serverRoutes(routes));
  return { transport, connectionConfig: { domain: "cp.test", transport } };
}

describe("createSandboxes", () => {
  it("creates with the names of the wire and asks for nothing else", async () => {
    const { transport, connectionConfig } = server();
    const { sandboxes } = await Sandbox.connect({ sandboxId: "s", connectionConfig });
    const before = transport.requests.length;
    const created = await sandboxes.createSandbox({
      image: { uri: "python:3.11" },
      resourceLimits: { cpu: "2" },
      timeout: null,
      metadata: { a: "b" },
    });
    expect(created).toMatchObject({ id: "s", expiresAt: null });
    expect(transport.requests).toHaveLength(before + 1);
    const body = transport.calls("POST /v1/sandboxes")[0]!.json();
    expect(body).toMatchObject({ image: { uri: "python:3.11" }, resourceLimits: { cpu: "2" }, metadata: { a: "b" } });
    expect(body).not.toHaveProperty("timeout");
    await expect(sandboxes.createSandbox({ resourceLimits: {} })).rejects.toThrow("Exactly one of image or snapshotId");
  });

  it("renews to an instant", async () => {
    const { transport, connectionConfig } = server({
      "POST /v1/sandboxes/s/renew-expiration": (request) => ({ json: request.json() }),
    });
    const { sandboxes } = await Sandbox.connect({ sandboxId: "s", connectionConfig });
    const expiresAt = new Date(Date.now() + 3_600_000);
    const renewed = await sandboxes.renewSandboxExpiration("s", { expiresAt: expiresAt.toISOString() });
    expect(Math.abs(Number(renewed.expiresAt) - Number(expiresAt))).toBeLessThan(2000);
    expect(transport.calls("POST /v1/sandboxes/s/renew-expiration")).toHaveLength(1);
    await expect(sandboxes.renewSandboxExpiration("s", { expiresAt: "yesterday" })).rejects.toMatchObject({
      error: { code: "INVALID_ARGUMENT" },
    });
  });

  it("looks an address up the other way when asked", async () => {
    const { transport, connectionConfig } = server({
      "GET /v1/sandboxes/s/endpoints/80": ({ query }) => ({
        json: { endpoint: query.get("use_server_proxy") === "true" ? "cp.test/proxy" : "box.test/80" },
      }),
    });
    const { sandboxes } = await Sandbox.connect({ sandboxId: "s", connectionConfig });
    expect(
      [await sandboxes.getSandboxEndpoint("s", 80), await sandboxes.getSandboxEndpoint("s", 80, true)].map(
        ({ endpoint }) => endpoint,
      ),
    ).toEqual(["box.test/80", "cp.test/proxy"]);
    expect(transport.isClosed).toBe(false);
  });
});

describe("SandboxManager", () => {
  it("keeps snapshots, with dates", async () => {
    const { transport, connectionConfig } = server({
      "POST /v1/sandboxes/s/snapshots": { status: 202, json: snapshot },
      "GET /v1/snapshots/n": { json: snapshot },
      "GET /v1/snapshots": page([snapshot]),
      "DELETE /v1/snapshots/n": { status: 204 },
    });
    const manager = SandboxManager.create({ connectionConfig });
    const expected = {
      ...snapshot,
      createdAt: new Date(snapshot.createdAt),
      status: { state: "Ready", lastTransitionAt: new Date(snapshot.status.lastTransitionAt) },
    };
    expect(await manager.createSnapshot("s", { name: "first" })).toEqual(expected);
    expect(await manager.getSnapshot("n")).toEqual(expected);
    expect(await manager.listSnapshots({ sandboxId: "s", states: ["Ready"] })).toEqual({
      items: [expected],
      pagination: { page: 1, pageSize: 20, totalItems: 1, totalPages: 1, hasNextPage: false },
    });
    await manager.deleteSnapshot("n");
    expect(transport.calls("POST /v1/sandboxes/s/snapshots")[0]!.json()).toEqual({ name: "first" });
    await manager.close();
    await expect(manager.getSnapshot("n")).rejects.toMatchObject({ error: { code: "CLOSED" } });
  });

  it("ignores names that it does not know, as the official one does", async () => {
    const { transport, connectionConfig } = server({ "GET /v1/sandboxes": page([]) });
    const manager = SandboxManager.create({ connectionConfig });
    expect((await manager.listSandboxInfos({ states: ["Running"], other: 1 } as object)).items).toEqual([]);
    expect([...transport.calls("GET /v1/sandboxes")[0]!.query.keys()]).toEqual(["state"]);
  });
});
