import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstValueFrom, toArray } from "rxjs";
import { createClient, type Client, type ClientEvent, type Sandbox } from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { inLanes } from "./in-lanes.js";
import { liveProcesses } from "./live-processes.js";

/** 100 by default; the release command raises it. */
const cases = Number(process.env["RXSANDBOX_LIVE_CASES"] ?? 100);
const runCases = Math.ceil(cases * 0.8);
const createCases = cases - runCases;
/** Printed, and repeated by RXSANDBOX_SEED: cases that run in lanes are not shrunk. */
const seed = fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31);

/** A number of seconds that nothing else on the machine sleeps for. */
const uniqueSeconds = (): number => 700_000 + Math.floor(Math.random() * 100_000);

type RunStop = { readonly at: "delay"; readonly ms: number } | { readonly at: "event"; readonly count: number };

const runStop: fc.Arbitrary<RunStop> = fc.oneof(
  fc.record({ at: fc.constant("delay" as const), ms: fc.integer({ min: 0, max: 60 }) }),
  fc.record({ at: fc.constant("event" as const), count: fc.integer({ min: 1, max: 4 }) }),
);

const script = fc.constantFrom(
  (marker: string) => `exec sleep ${marker}`,
  (marker: string) => `sleep ${marker} & wait`,
  (marker: string) => `echo one; echo two >&2; sleep ${marker}`,
  (marker: string) => `trap '' INT; echo on; sleep ${marker}; echo never`,
);

describe("unsubscribe, with real processes", () => {
  let server: ReferenceServer;
  let client: Client;
  let sandbox: Sandbox;
  const failedCleanups: ClientEvent[] = [];
  let createdOnServer = 0;

  beforeAll(async () => {
    server = await startReferenceServer({
      port: 0,
      allowRoot: true,
      onEvent: ({ type }) => void (type === "sandbox-created" && (createdOnServer += 1)),
    });
    process.stdout.write(`unsubscribe, with real processes: seed ${seed}\n`);
    client = createClient({
      domain: server.domain,
      apiKey: server.apiKey,
      events: {
        next: (event) => void (event.type === "cleanup-failed" && failedCleanups.push(event)),
        error: () => {},
        complete: () => {},
      },
    });
    sandbox = await firstValueFrom(client.create({ image: "host" }));
  });

  afterAll(async () => {
    await client?.close();
    await server?.close();
  });

  it("finds a process that is left, and none that has ended", async () => {
    const marker = `${uniqueSeconds()}.planted`;
    const planted = spawn("sh", ["-c", "sleep 60; :", marker]);
    await once(planted, "spawn");
    expect(await liveProcesses(marker)).toEqual([
      expect.stringContaining(`${planted.pid}: sh -c sleep 60; : ${marker}`),
    ]);
    planted.kill("SIGKILL");
    await once(planted, "exit");
    expect(await liveProcesses(marker)).toEqual([]);
  });

  it(`for any moment of ${runCases} runs, leaves no live process`, async () => {
    const base = uniqueSeconds();
    const stops = fc.sample(fc.tuple(runStop, script), { numRuns: runCases, seed });
    await inLanes(stops, async ([stop, command], index) => {
      await new Promise<void>((resolve, reject) => {
        let seen = 0;
        const subscription = sandbox.commands.run(command(`${base}.${index}`)).subscribe({
          next: () => {
            seen += 1;
            if (stop.at === "event" && seen >= stop.count) end();
          },
          error: reject,
        });
        const timer = setTimeout(end, stop.at === "delay" ? stop.ms : 2_000);
        function end(): void {
          clearTimeout(timer);
          // `subscription` is not assigned yet when the first event arrives during subscribe.
          queueMicrotask(() => subscription.unsubscribe());
          resolve();
        }
      });
    });
    const deadline = Date.now() + 15_000;
    let left = await liveProcesses(`${base}.`);
    while (left.length > 0 && Date.now() < deadline) {
      await delay(100);
      left = await liveProcesses(`${base}.`);
    }
    expect(left).toEqual([]);
    expect(failedCleanups).toEqual([]);
  }, 600_000);

  it(`for any moment of ${createCases} creates, leaves no sandbox`, async () => {
    // The first one unsubscribes at once: no answer can have come by then.
    const moments = [0, ...fc.sample(fc.integer({ min: 0, max: 600 }), { numRuns: createCases - 1, seed })];
    const createdBefore = createdOnServer;
    const creator = createClient({ domain: server.domain, apiKey: server.apiKey });
    let finished = 0;
    await inLanes(moments, async (ms) => {
      const subscription = creator.create({ image: "host", metadata: { purpose: "unsubscribe" } }).subscribe({
        next: (created) => {
          finished += 1;
          created.kill().subscribe();
        },
      });
      await delay(ms);
      subscription.unsubscribe();
    });
    const left = async (): Promise<readonly string[]> =>
      (await firstValueFrom(client.sandboxes.listAll({ metadata: { purpose: "unsubscribe" } }).pipe(toArray()))).map(
        ({ id }) => id,
      );
    // A busy machine works off hundreds of creates in more than the 15 s that `close` waits.
    const deadline = Date.now() + 120_000;
    while ((await left()).length > 0 && Date.now() < deadline) await delay(100);
    // Waits for the clean-ups under way.
    await creator.close();
    expect(await left()).toEqual([]);
    expect(finished).toBeLessThan(createCases);
    // There was something to clean up.
    expect(createdOnServer).toBeGreaterThan(createdBefore);
  }, 600_000);
});
