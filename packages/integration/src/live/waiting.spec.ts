import { setTimeout as delay } from "node:timers/promises";
import { firstValueFrom, lastValueFrom, type Observable } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createClient,
  isSandboxGone,
  waitForFile,
  waitForOutput,
  waitForPort,
  type Access,
  type Client,
  type Sandbox,
  type SandboxError,
} from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { liveProcesses } from "./live-processes.js";

const failureOf = (work: Observable<unknown>): Promise<SandboxError> =>
  lastValueFrom(work).then(
    () => expect.fail("did not fail"),
    (error: unknown) => error as SandboxError,
  );

/** A server that answers everything with one status, after a while. */
const serve = (port: number, status: number): string =>
  `sleep 0.4; exec node -e 'require("node:http").createServer((q, a) => { a.statusCode = ${status}; a.end() }).listen(${port})'`;

describe.each<Access>(["direct", "proxy"])("waiting, by %s access", (access) => {
  let server: ReferenceServer;
  let client: Client;
  let sandbox: Sandbox;

  beforeAll(async () => {
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false });
    client = createClient({ domain: server.domain, apiKey: server.apiKey, access });
    sandbox = await firstValueFrom(client.create({ image: "host" }));
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await server?.close();
  }, 60_000);

  it("waits for a file", async () => {
    await firstValueFrom(sandbox.commands.start("sleep 0.5; echo 1 > /tmp/ready"));
    const { path, type } = await lastValueFrom(waitForFile(sandbox, "/tmp/ready"));
    expect([path, type]).toEqual(["/tmp/ready", "file"]);
    const error = await failureOf(waitForFile(sandbox, "/tmp/never", { timeoutSeconds: 0.5 }));
    expect(error).toMatchObject({ code: "timeout", cause: { code: "not-found" } });
    expect(error.message).toContain("Wait for file /tmp/never");
  });

  it("waits for a process that listens, and for one that answers", async () => {
    await firstValueFrom(sandbox.commands.start(serve(8123, 200)));
    await lastValueFrom(waitForPort(sandbox, 8123));
    await lastValueFrom(waitForPort(sandbox, 8123, { kind: "http" }));
    await firstValueFrom(sandbox.commands.start(serve(8124, 404)));
    await lastValueFrom(waitForPort(sandbox, 8124, { kind: "http", path: "/health" }));
    await firstValueFrom(sandbox.commands.start(serve(8125, 503)));
    const broken = await failureOf(waitForPort(sandbox, 8125, { kind: "http", timeoutSeconds: 2 }));
    expect(broken).toMatchObject({ code: "timeout", cause: { status: 503 } });
  }, 30_000);

  it("says that nothing listens, and leaves no probe behind", async () => {
    const error = await failureOf(waitForPort(sandbox, 9_345, { timeoutSeconds: 1 }));
    expect(error.message).toContain("Wait for port 9345: not there after 1 s");
    expect((await failureOf(waitForPort(sandbox, 9_345, { kind: "http", timeoutSeconds: 1 }))).code).toBe("timeout");
    const subscription = waitForPort(sandbox, 9_345).subscribe({ error: () => undefined });
    // The port in the words of /proc.
    await expect.poll(() => liveProcesses(":2481 "), { timeout: 10_000 }).not.toEqual([]);
    subscription.unsubscribe();
    await expect.poll(() => liveProcesses(":2481 "), { timeout: 10_000 }).toEqual([]);
  }, 30_000);

  it("waits for output, and lets a detached command run on", async () => {
    const events = sandbox.commands.follow("printf 'port '; sleep 0.3; echo 8080; sleep 0.5; echo 1 > /tmp/later", {
      detached: true,
    });
    expect(await lastValueFrom(events.pipe(waitForOutput(/port (\d+)/)))).toEqual({
      text: "port 8080",
      groups: ["8080"],
    });
    await lastValueFrom(waitForFile(sandbox, "/tmp/later"));
  });

  it("ends when the sandbox is gone", async () => {
    const other = await firstValueFrom(client.create({ image: "host" }));
    const errors = Promise.all([
      failureOf(waitForFile(other, "/tmp/never")),
      failureOf(waitForPort(other, 9_346)),
      failureOf(waitForPort(other, 9_346, { kind: "http" })),
    ]);
    await delay(500);
    await lastValueFrom(other.kill());
    for (const error of await errors) expect(isSandboxGone(error) || error.message).toBe(true);
  }, 30_000);
});
