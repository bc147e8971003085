import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { availableDrivers } from "../../testing/available-drivers.js";
import { testServer, type TestServer } from "../../testing/test-server.js";

interface Snapshot {
  readonly id: string;
  readonly status: { readonly state: string; readonly reason: string; readonly message: string };
}

const parse = (text: string): Snapshot => JSON.parse(text) as Snapshot;

async function take(server: TestServer, sandboxId: string, name?: string): Promise<string> {
  const answer = await server.call(
    "POST",
    `/v1/sandboxes/${sandboxId}/snapshots`,
    name === undefined ? undefined : { name },
  );
  expect(answer.status).toBe(202);
  return parse(answer.text).id;
}

async function stateOf(server: TestServer, id: string): Promise<string> {
  const answer = await server.call("GET", `/v1/snapshots/${id}`);
  return answer.status === 200 ? parse(answer.text).status.state : String(answer.status);
}

const settled = (server: TestServer, id: string) =>
  expect.poll(() => stateOf(server, id), { timeout: 10_000, interval: 10 });

describe.each(await availableDrivers())("snapshots with the %s driver", (driver) => {
  let server: TestServer;
  afterEach(() => server.close());

  it("keep files, modes and links of home, workspace and /tmp, and nothing that changes later", async () => {
    server = await testServer({ driver });
    const id = await server.create();
    await server.run(
      id,
      "cd $HOME && echo kept > a && chmod 640 a && ln -s a link && echo t > $TMPDIR/t && mkfifo pipe",
    );
    const snapshotId = await take(server, id, "one");
    await settled(server, snapshotId).toBe("Ready");
    await server.run(id, "echo later > $HOME/a");
    await server.call("DELETE", `/v1/sandboxes/${id}`);
    const restored = await server.create({ image: undefined, entrypoint: undefined, snapshotId });
    expect(await server.run(restored, "cd $HOME && cat link && cat $TMPDIR/t && stat -c %a a && ls")).toBe(
      "kept\nt\n640\na\nlink\n",
    );
    const shown = JSON.parse((await server.call("GET", `/v1/sandboxes/${restored}`)).text) as object;
    expect(shown).toMatchObject({ snapshotId, entrypoint: ["tail", "-f", "/dev/null"] });
    expect(shown).not.toHaveProperty("image");
  });

  it("stop the source while they are created and let it go on", async () => {
    server = await testServer({ driver, faults: ["snapshot-slow"] });
    const id = await server.create();
    const snapshotId = await take(server, id);
    expect(await stateOf(server, snapshotId)).toBe("Creating");
    expect(JSON.parse((await server.call("GET", `/v1/sandboxes/${id}`)).text)).toMatchObject({
      status: { state: "Paused" },
    });
    expect((await server.call("POST", `/v1/sandboxes/${id}/snapshots`)).text).toContain(
      "SNAPSHOT::INVALID_SOURCE_STATE",
    );
    expect((await server.call("POST", `/v1/sandboxes/${id}/resume`)).status).toBe(409);
    expect((await server.call("DELETE", `/v1/snapshots/${snapshotId}`)).text).toContain("SNAPSHOT::INVALID_STATE");
    // A request meanwhile waits, as on every paused sandbox.
    expect(await server.run(id, "echo on")).toBe("on\n");
    await settled(server, snapshotId).toBe("Ready");
  });
});

describe("snapshots", () => {
  let server: TestServer;
  afterEach(() => server.close());

  it("outlive a restart in a private directory, those in use as Deleting", async () => {
    server = await testServer();
    const { stateDir } = server.server;
    const id = await server.create();
    await server.run(id, "echo kept > $HOME/a");
    const kept = await take(server, id, "kept");
    await settled(server, kept).toBe("Ready");
    const used = await take(server, id);
    await settled(server, used).toBe("Ready");
    await server.create({ image: undefined, entrypoint: undefined, snapshotId: used });
    expect((await server.call("DELETE", `/v1/snapshots/${used}`)).status).toBe(409);
    await server.server.close();
    mkdirSync(join(stateDir, "snapshots", "half-deleted"));
    writeFileSync(join(stateDir, "snapshots", "half-deleted", "snapshot.json"), "{");

    const again = await testServer({ stateDir });
    try {
      const list = JSON.parse((await again.call("GET", "/v1/snapshots")).text) as {
        readonly items: readonly Snapshot[];
      };
      expect(list.items.map((item) => [item.id, item.status.state])).toEqual([
        [used, "Deleting"],
        [kept, "Ready"],
      ]);
      expect(readdirSync(join(stateDir, "snapshots")).sort()).toEqual([kept, used].sort());
      const restored = await again.create({ image: undefined, entrypoint: undefined, snapshotId: kept });
      expect(await again.run(restored, "cat $HOME/a")).toBe("kept\n");
      expect((await again.call("DELETE", `/v1/snapshots/${used}`)).status).toBe(204);
      expect(existsSync(join(stateDir, "snapshots", used))).toBe(false);
    } finally {
      await again.close();
    }
  });

  it("fail when the sandbox is deleted meanwhile, and leave no files", async () => {
    server = await testServer({ faults: ["snapshot-slow"] });
    const id = await server.create();
    const snapshotId = await take(server, id);
    await server.call("DELETE", `/v1/sandboxes/${id}`);
    await settled(server, snapshotId).toBe("Failed");
    const shown = parse((await server.call("GET", `/v1/snapshots/${snapshotId}`)).text);
    expect(shown.status).toMatchObject({
      reason: "snapshot_runtime_failed",
      message: "The sandbox's files could not be copied.",
    });
    expect(readdirSync(join(server.server.stateDir, "snapshots"))).toEqual([]);
    expect((await server.call("DELETE", `/v1/snapshots/${snapshotId}`)).status).toBe(204);
  });

  it("are broken off when the server closes", async () => {
    server = await testServer({ faults: ["snapshot-slow"] });
    const { stateDir } = server.server;
    await take(server, await server.create());
    await server.server.close();
    expect(readdirSync(join(stateDir, "snapshots"))).toEqual([]);
    expect(readdirSync(join(stateDir, "runs"))).toEqual([]);
    rmSync(stateDir, { recursive: true, force: true });
  });
});
