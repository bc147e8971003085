import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatMap, filter, firstValueFrom, lastValueFrom, map, take, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient, toExecution, type Access, type Client, type ClientEvent, type Sandbox } from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";

describe.each<[string, Access]>([
  ["direct", "direct"],
  ["proxy", "proxy"],
  ["signed", { kind: "signed", ttlSeconds: 2 }],
])("snapshots, diagnostics and routes against the embedded server, %s", (_, access) => {
  let server: ReferenceServer;
  let client: Client;
  let sandbox: Sandbox;
  let stateDir: string;
  const events: ClientEvent[] = [];

  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-snapshots-"));
    server = await startReferenceServer({
      allowRoot: true,
      advertise: false,
      stateDir,
      signedRoutes: true,
      tailMs: 0,
      faults: ["snapshot-slow"],
    });
    client = createClient({
      domain: server.domain,
      apiKey: server.apiKey,
      access,
      events: { next: (event) => events.push(event) },
    });
    sandbox = await firstValueFrom(client.create({ image: "any", env: { MY_TOKEN: "hidden", PLAIN: "shown" } }));
  });
  afterAll(async () => {
    await client.close();
    await server.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  const run = (where: Sandbox, command: string) =>
    lastValueFrom(
      where.commands.run(command).pipe(
        toExecution(),
        map(({ stdout }) => stdout.text),
      ),
    );
  const ids = () =>
    lastValueFrom(
      client.snapshots.listAll().pipe(
        map(({ id }) => id),
        toArray(),
      ),
    );

  it("takes a snapshot, restores it and deletes it", async () => {
    await run(sandbox, "echo kept > $HOME/a");
    const states = await lastValueFrom(sandbox.snapshot({ name: "one" }).pipe(toArray()));
    expect(states.map(({ status }) => status.state)).toEqual(["Creating", "Ready"]);
    const id = states[0]?.id ?? "";
    expect(await firstValueFrom(client.snapshots.get(id))).toEqual(states[1]);
    expect(
      (await firstValueFrom(client.snapshots.list({ sandboxId: sandbox.id, states: ["Ready"], pageSize: 1 }))).items,
    ).toEqual([states[1]]);
    await run(sandbox, "rm $HOME/a");
    const restored = await firstValueFrom(client.create({ snapshotId: id }));
    expect(await run(restored, "cat $HOME/a")).toBe("kept\n");
    expect((await firstValueFrom(restored.getInfo())).snapshotId).toBe(id);
    await expect(firstValueFrom(client.snapshots.delete(id))).rejects.toMatchObject({
      code: "conflict",
      serverCode: "SNAPSHOT::DELETE_CONFLICT",
    });
    await expect(firstValueFrom(client.snapshots.waitUntilReady(id))).rejects.toMatchObject({ code: "invalid-state" });
    await firstValueFrom(restored.kill());
    await firstValueFrom(client.snapshots.delete(id));
    await expect(firstValueFrom(client.snapshots.get(id))).rejects.toMatchObject({ code: "not-found" });
  });

  it("discards a snapshot that is left before it is ready, and keeps one that is only created", async () => {
    await firstValueFrom(sandbox.snapshot());
    await expect.poll(ids, { timeout: 10_000 }).toEqual([]);
    const { id } = await firstValueFrom(sandbox.createSnapshot());
    expect((await firstValueFrom(client.snapshots.waitUntilReady(id))).status.state).toBe("Ready");
    await firstValueFrom(client.snapshots.delete(id));
    expect(events.filter(({ type }) => type === "cleanup-failed")).toEqual([]);
  });

  it("reads diagnostics without secrets", async () => {
    expect(await firstValueFrom(sandbox.diagnostics.logs({ tail: 10 }))).toContain("created by driver");
    expect(await firstValueFrom(sandbox.diagnostics.events())).toContain("Status:     running");
    const inspected = await firstValueFrom(sandbox.diagnostics.inspect());
    expect(inspected).toContain("  PLAIN=shown");
    expect(inspected).not.toContain("hidden");
    await expect(firstValueFrom(sandbox.diagnostics.describe("logs", "all"))).rejects.toMatchObject({
      code: "unsupported",
      status: 501,
    });
  });

  it("hands out a signed route that needs no key", async () => {
    const { url, access: kind } = await firstValueFrom(
      sandbox.getSignedEndpoint(44_772, Math.ceil(Date.now() / 1000) + 60),
    );
    expect(kind).toBe("signed");
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    await expect(firstValueFrom(sandbox.getSignedEndpoint(44_772, 1))).rejects.toMatchObject({
      code: "invalid-request",
    });
  });

  it.skipIf(typeof access === "string")("goes on working when the life of a route is over", async () => {
    const until = Date.now() + 3500;
    const texts = await lastValueFrom(
      sandbox.commands.run("for i in 1 2 3 4; do sleep 1; echo $i; done").pipe(
        filter(({ type }) => type === "stdout"),
        concatMap(() => sandbox.isHealthy()),
        take(4),
        toArray(),
      ),
    );
    expect(Date.now()).toBeGreaterThan(until);
    expect(texts).toEqual([true, true, true, true]);
  });
});

describe("signed access to a runtime without a gateway", () => {
  it("errs unsupported", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-signed-"));
    const server = await startReferenceServer({ allowRoot: true, advertise: false, stateDir });
    const client = createClient({
      domain: server.domain,
      apiKey: server.apiKey,
      access: { kind: "signed", ttlSeconds: 60 },
    });
    const sandbox = await firstValueFrom(client.create({ image: "any", skipHealthCheck: true }));
    await expect(lastValueFrom(sandbox.commands.run("true"))).rejects.toMatchObject({
      code: "unsupported",
      serverCode: "SANDBOX::API_NOT_SUPPORTED",
    });
    await client.close();
    await server.close();
    await rm(stateDir, { recursive: true, force: true });
  });
});
