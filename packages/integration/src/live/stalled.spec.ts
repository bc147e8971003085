import { filter, firstValueFrom, lastValueFrom, map, mergeMap, range, take, toArray, type Observable } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createClient,
  isSandboxError,
  type Access,
  type Client,
  type Sandbox,
  type SandboxError,
} from "@rxsandbox/client";
import { Sandbox as OfficialSandbox } from "@rxsandbox/compat";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { startFreezingRelay, type FreezingRelay } from "../testing/freezing-relay.js";

const failureOf = (work: Observable<unknown>): Promise<SandboxError> =>
  lastValueFrom(work.pipe(toArray())).then(
    (values) => expect.fail(`ended with ${JSON.stringify(values).slice(0, 300)}`),
    (error: unknown) => error as SandboxError,
  );
const loop = "echo begun; while :; do sleep 0.1; done";

/** Resolves when no command with that text runs in the sandbox. */
async function ended(sandbox: Sandbox, commandId: string): Promise<boolean> {
  for (let look = 0; look < 50; look += 1) {
    const { running } = await firstValueFrom(sandbox.commands.getStatus(commandId));
    if (!running) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

describe("a link that dies without a word", () => {
  let server: ReferenceServer;
  let relay: FreezingRelay;
  let client: Client;
  let direct: Client;
  let sandbox: Sandbox;
  let witness: Sandbox;

  beforeAll(async () => {
    relay = await startFreezingRelay();
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false, allowedHosts: [relay.domain] });
    relay.leadTo(server.domain);
    client = createClient({ domain: relay.domain, apiKey: server.apiKey, access: "proxy", requestTimeoutSeconds: 5 });
    direct = createClient({ domain: server.domain, apiKey: server.apiKey });
    sandbox = await firstValueFrom(client.create({ image: "any" }));
    witness = await firstValueFrom(direct.connect(sandbox.id));
  }, 60_000);
  afterAll(async () => {
    await relay.close();
    await client.close();
    await direct.close();
    await server.close();
  }, 60_000);

  it("ends in bounded time, and the command is interrupted over a new connection", async () => {
    // Idle connections die with it: the interrupt must not wait on one of them.
    await lastValueFrom(range(0, 8).pipe(mergeMap(() => sandbox.getInfo())));
    let frozenAt = 0;
    const error = await failureOf(
      sandbox.commands.run(loop, { stallTimeoutSeconds: 2 }).pipe(
        map((event) => {
          if (event.type === "stdout") {
            relay.freeze();
            frozenAt = performance.now();
          }
          return event;
        }),
      ),
    );
    const silentMs = performance.now() - frozenAt;
    expect(error).toMatchObject({ code: "stream-stalled", retryable: false, lastEventType: "stdout" });
    expect(silentMs).toBeGreaterThanOrEqual(2000);
    // A look of 0.2 s, the last look, and a look at the state that meets no dead connection.
    expect(silentMs).toBeLessThan(4000);
    expect(await ended(witness, error.commandId ?? "")).toBe(true);
  }, 60_000);

  it("leaves a detached command alone", async () => {
    const error = await failureOf(
      sandbox.commands.run("echo begun; sleep 9; echo end", { stallTimeoutSeconds: 2, detached: true }).pipe(
        map((event) => {
          if (event.type === "stdout") relay.freeze();
          return event;
        }),
      ),
    );
    expect(error.code).toBe("stream-stalled");
    await expect(firstValueFrom(witness.commands.getStatus(error.commandId ?? ""))).resolves.toMatchObject({
      running: true,
    });
  }, 60_000);
});

describe.each<Access>(["direct", "proxy"])("a stream that says nothing any more, by %s access", (access) => {
  let server: ReferenceServer;
  let client: Client;
  let sandbox: Sandbox;

  beforeAll(async () => {
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false, faults: ["stalled-stream"] });
    client = createClient({ domain: server.domain, apiKey: server.apiKey, access });
    sandbox = await firstValueFrom(client.create({ image: "any" }));
  }, 60_000);
  afterAll(async () => {
    await client.close();
    await server.close();
  }, 60_000);

  it("ends runs, session runs and code with stream-stalled", async () => {
    const stallTimeoutSeconds = 1;
    const errors = await Promise.all([
      failureOf(sandbox.commands.run(loop, { stallTimeoutSeconds })),
      failureOf(sandbox.withSession({}, (session) => session.run(loop, { stallTimeoutSeconds }))),
      failureOf(
        sandbox.code.run("console.log(1); await new Promise(() => {})", {
          language: "javascript",
          stallTimeoutSeconds,
        }),
      ),
    ]);
    expect(errors.map(({ code }) => code)).toEqual(["stream-stalled", "stream-stalled", "stream-stalled"]);
    expect(await ended(sandbox, errors[0]?.commandId ?? "")).toBe(true);
  }, 60_000);

  it.runIf(access === "proxy" && process.env["CI"] === "true")(
    "by default ends after 30 s of silence, for the official names too",
    async () => {
      const official = await OfficialSandbox.connect({
        connectionConfig: { domain: server.domain, apiKey: server.apiKey, useServerProxy: access === "proxy" },
        sandboxId: sandbox.id,
      });
      const from = performance.now();
      const outcomes = await Promise.allSettled([
        firstValueFrom(
          sandbox.commands.run(loop).pipe(
            filter(({ type }) => type === "error" || type === "execution_complete"),
            take(1),
          ),
        ),
        official.commands.run(loop),
      ]);
      const waitedMs = performance.now() - from;
      const reasons = outcomes.map(
        (outcome) => (outcome.status === "rejected" ? outcome.reason : undefined) as unknown,
      );
      expect(isSandboxError(reasons[0], "stream-stalled"), String(reasons[0])).toBe(true);
      expect(reasons[1]).toMatchObject({ error: { code: "STREAM_STALLED" } });
      expect(waitedMs).toBeGreaterThanOrEqual(30_000);
      expect(waitedMs).toBeLessThan(38_000);
      await official.close();
    },
    90_000,
  );
});
