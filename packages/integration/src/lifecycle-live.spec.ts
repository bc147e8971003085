import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat, concatMap, firstValueFrom, lastValueFrom, map, take, tap, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  changes,
  createClient,
  isSandboxError,
  toExecution,
  type Client,
  type ClientEvent,
  type Sandbox,
} from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";

describe.each(["direct", "proxy"] as const)("the client against the embedded server, %s", (access) => {
  let server: ReferenceServer;
  let client: Client;
  let stateDir: string;
  const events: ClientEvent[] = [];

  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-lifecycle-"));
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false, stateDir });
    client = createClient({
      domain: server.domain,
      apiKey: server.apiKey,
      access,
      events: { next: (event) => events.push(event) },
    });
  });
  afterAll(async () => {
    await client.close();
    await server.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  const alive = () =>
    lastValueFrom(
      client.sandboxes.listAll().pipe(
        map(({ id }) => id),
        toArray(),
      ),
    );

  it("watches sandboxes through their states, to their ends", async () => {
    const sandbox = await firstValueFrom(client.create({ image: "any", metadata: { watched: "yes" } }));
    const states: string[] = [];
    const lists: string[] = [];
    const list = client.sandboxes
      .watchAll({ metadata: { watched: "yes" } })
      .pipe(changes())
      .subscribe(({ added, changed, removed }) => {
        for (const { status } of added) lists.push(`added ${status.state}`);
        for (const { status } of changed) lists.push(`changed ${status.state}`);
        for (const { status } of removed) lists.push(`removed ${status.state}`);
      });
    const watched = lastValueFrom(
      client.sandboxes.watch(sandbox.id).pipe(tap(({ status }) => states.push(status.state))),
    );
    await vi.waitFor(() => expect([states, lists]).toEqual([["Running"], ["added Running"]]), 10_000);
    await firstValueFrom(sandbox.pause());
    await vi.waitFor(() => expect([states.at(-1), lists.at(-1)]).toEqual(["Paused", "changed Paused"]), 10_000);
    await firstValueFrom(sandbox.kill());
    expect(await watched).toMatchObject({ id: sandbox.id, status: { state: "Terminated" } });
    await vi.waitFor(() => expect(lists.at(-1)).toBe("removed Paused"), 10_000);
    list.unsubscribe();
  });

  it("creates, reads, renews, labels, lists and kills", async () => {
    const startedAt = Date.now();
    const sandbox = await firstValueFrom(
      client.create({ image: "any", timeoutSeconds: 120, metadata: { run: "a-b" }, env: { WHO: "me" } }),
    );
    const info = await firstValueFrom(sandbox.getInfo());
    expect(info).toMatchObject({
      id: sandbox.id,
      image: { uri: "any" },
      status: { state: "Running" },
      metadata: { run: "a-b" },
    });
    expect(Math.abs((info.expiresAt?.getTime() ?? 0) - startedAt - 120_000)).toBeLessThan(10_000);
    const renewed = await firstValueFrom(sandbox.renew(600));
    expect((await firstValueFrom(sandbox.getInfo())).expiresAt).toEqual(renewed);
    expect((await firstValueFrom(sandbox.patchMetadata({ run: null, stage: "2" }))).metadata).toEqual({ stage: "2" });
    expect(
      (await firstValueFrom(client.sandboxes.list({ metadata: { stage: "2" }, states: ["running"] }))).items.map(
        ({ id }) => id,
      ),
    ).toEqual([sandbox.id]);
    expect((await firstValueFrom(client.sandboxes.list({ metadata: { stage: "3" } }))).items).toEqual([]);
    const { stdout, end } = await lastValueFrom(sandbox.commands.run('echo "$WHO"; exit 3').pipe(toExecution()));
    expect([stdout.text, end]).toEqual(["me\n", { kind: "exited", exitCode: 3 }]);
    await firstValueFrom(concat(sandbox.kill(), sandbox.kill()).pipe(toArray()));
    await expect(firstValueFrom(client.sandboxes.kill(sandbox.id))).rejects.toMatchObject({ code: "not-found" });
    expect(await alive()).toEqual([]);
  });

  it("writes, describes, finds, reads and deletes files", async () => {
    const used = await lastValueFrom(
      client.withSandbox({ image: "any" }, async ({ files }: Sandbox) => {
        await firstValueFrom(files.createDirectories([{ path: "/tmp/d/e", mode: 700 }]));
        await firstValueFrom(
          files.writeFiles([
            { path: '/tmp/d/a "b" é.txt', data: "héllo\n", mode: 600 },
            { path: "/tmp/d/e/bytes", data: Uint8Array.of(0, 255, 10, 13) },
          ]),
        );
        const found = await firstValueFrom(files.search({ path: "/tmp/d" }));
        const described = await firstValueFrom(files.getFileInfo(['/tmp/d/a "b" é.txt']));
        const read = [
          await firstValueFrom(files.readFile('/tmp/d/a "b" é.txt')),
          [...(await firstValueFrom(files.readBytes("/tmp/d/e/bytes", { range: "bytes=1-2" })))],
        ];
        await firstValueFrom(files.deleteFiles(['/tmp/d/a "b" é.txt', "/tmp/d/never"]));
        const missing: unknown = await firstValueFrom(files.readFile('/tmp/d/a "b" é.txt')).catch(
          (error: unknown) => error,
        );
        return {
          found: found.map(({ path }) => path).sort(),
          mode: Object.values(described)[0]?.mode,
          size: Object.values(described)[0]?.size,
          read,
          missing,
        };
      }),
    );
    expect(used).toMatchObject({
      found: ['/tmp/d/a "b" é.txt', "/tmp/d/e/bytes"],
      mode: 600,
      size: 7,
      read: ["héllo\n", [255, 10]],
      missing: { code: "not-found", serverCode: "FILE_NOT_FOUND" },
    });
    expect(await alive()).toEqual([]);
  });

  it("pauses and resumes", async () => {
    await lastValueFrom(
      client.withSandbox({ image: "any" }, async (sandbox) => {
        await firstValueFrom(sandbox.pause());
        await expect(firstValueFrom(sandbox.pause())).rejects.toMatchObject({ code: "invalid-state" });
        expect(await firstValueFrom(sandbox.isHealthy())).toBe(false);
        const refused: unknown = await firstValueFrom(client.connect(sandbox.id)).catch((error: unknown) => error);
        expect(isSandboxError(refused, "invalid-state")).toBe(true);
        const again = await firstValueFrom(sandbox.resume());
        expect(await firstValueFrom(again.isHealthy())).toBe(true);
        await expect(firstValueFrom(client.sandboxes.resume(sandbox.id))).rejects.toMatchObject({
          code: "invalid-state",
        });
      }),
    );
  });

  it("reads and patches the egress policy, with targets as the sidecar compares them", async () => {
    const policy = await lastValueFrom(
      client.withSandbox(
        { image: "any", networkPolicy: { egress: [{ action: "allow", target: "a.example" }] } },
        (sandbox) =>
          concat(
            sandbox.patchEgressRules([
              { action: "deny", target: "A.Example" },
              { action: "allow", target: "b.example." },
            ]),
            sandbox.getEgressPolicy(),
          ),
      ),
    );
    expect(policy).toEqual({
      defaultAction: "deny",
      egress: [
        { action: "deny", target: "a.example" },
        { action: "allow", target: "b.example" },
      ],
    });
  });

  it("leaves nothing of a create that is left at any of its phases", async () => {
    for (const phases of [1, 2, 3]) {
      await lastValueFrom(client.provision({ image: "any" }).pipe(take(phases)));
    }
    const half = client.create({ image: "any" }).subscribe();
    await new Promise((resolve) => setTimeout(resolve, 30));
    half.unsubscribe();
    await expect.poll(alive, { timeout: 10_000 }).toEqual([]);
    expect(events.filter(({ type }) => type === "cleanup-failed")).toEqual([]);
  });

  it("says what is wrong with a key or an address", async () => {
    const wrong = createClient({ domain: server.domain, apiKey: "wrong-key-wrong-key" });
    await expect(firstValueFrom(wrong.create({ image: "any" }))).rejects.toMatchObject({
      code: "unauthorized",
      serverCode: "INVALID_API_KEY",
    });
    const nowhere = createClient({ domain: "127.0.0.1:1", apiKey: "key", retry: false });
    await expect(
      firstValueFrom(nowhere.create({ image: "any" }).pipe(concatMap((sandbox) => sandbox.kill()))),
    ).rejects.toMatchObject({ code: "network" });
    await wrong.close();
    await nowhere.close();
  });
});
