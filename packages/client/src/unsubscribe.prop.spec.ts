import fc from "fast-check";
import { NEVER, Observable, concat, firstValueFrom, of, take, throwError, timer } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientEvent } from "@rxsandbox/transport";
import { createClient } from "./create-client.js";
import { scriptedServer, type ServerScript } from "./testing/scripted-server.js";

const ms = fc.integer({ min: 0, max: 3000 });
const script: fc.Arbitrary<ServerScript> = fc.record({
  createMs: ms,
  answerMs: ms,
  create: fc.oneof(
    { weight: 4, arbitrary: fc.constant("answered" as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        "lost" as const,
        "garbled" as const,
        "gateway" as const,
        "refused" as const,
        "unsent" as const,
      ),
    },
  ),
  pings: fc.array(fc.constantFrom("ok" as const, "down" as const, "silent" as const), { maxLength: 4 }),
  pingMs: ms,
  killMs: ms,
  state: fc.constantFrom("Running", "Running", "Pending", "Failed"),
});
const leave = fc.oneof(
  fc.record({ afterMs: fc.integer({ min: 0, max: 14_000 }) }),
  fc.record({ atValue: fc.integer({ min: 1, max: 6 }) }),
  fc.constant("never" as const),
);
type Leave = typeof leave extends fc.Arbitrary<infer T> ? T : never;

const fakeTimers = {
  toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] as (
    "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval" | "Date" | "performance"
  )[],
};

/** Subscribes, leaves as told, and lets two minutes pass. */
async function watch<T>(
  source: Observable<T>,
  how: Leave,
  seen: (value: T) => void,
): Promise<"left" | "completed" | "failed"> {
  let end: "left" | "completed" | "failed" = "left";
  const limit = how !== "never" && "atValue" in how ? how.atValue : Infinity;
  const subscription = source
    .pipe(take(limit))
    .subscribe({ next: seen, error: () => (end = "failed"), complete: () => (end = "completed") });
  if (how !== "never" && "afterMs" in how) setTimeout(() => subscription.unsubscribe(), how.afterMs);
  await vi.advanceTimersByTimeAsync(120_000);
  subscription.unsubscribe();
  await vi.advanceTimersByTimeAsync(120_000);
  return end;
}

describe("createClient", () => {
  beforeEach(() => void vi.useFakeTimers(fakeTimers));
  afterEach(() => void vi.useRealTimers());

  function world(behaviour: ServerScript) {
    const server = scriptedServer(behaviour);
    const events: ClientEvent[] = [];
    const client = createClient({
      domain: "cp.test",
      apiKey: "KEY",
      transport: server.transport,
      retry: false,
      events: { next: (event) => events.push(event) },
    });
    return { ...server, client, cleanupFailures: () => events.filter(({ type }) => type === "cleanup-failed") };
  }

  /** Nothing was sent that the story does not ask for. */
  function expectThrift(sent: readonly string[], behaviour: ServerScript, isKept: boolean): void {
    const count = (start: string) => sent.filter((call) => call.startsWith(start)).length;
    expect(count("POST /v1/sandboxes")).toBeLessThanOrEqual(1);
    expect(count("DELETE")).toBeLessThanOrEqual(isKept ? 0 : 1);
    if (count("POST") === 0 || behaviour.create === "refused" || behaviour.create === "unsent")
      expect(sent.filter((call) => !call.startsWith("POST"))).toEqual([]);
    if (behaviour.create === "answered" || behaviour.create === undefined)
      expect(sent.filter((call) => call === "GET /v1/sandboxes")).toEqual([]);
  }

  it("for any server and any moment of leaving provision, leaves a sandbox only to who received it and sends no more than that takes", async () => {
    const kept = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(script, leave, async (behaviour, how) => {
        const { client, alive, sent, transport, cleanupFailures } = world(behaviour);
        let received: string | undefined;
        await watch(client.provision({ image: "i", readyTimeoutSeconds: 5 }), how, (progress) => {
          if (progress.phase === "ready") received = progress.sandbox.id;
        });
        kept.add(received !== undefined);
        expect([...alive.keys()]).toEqual(received === undefined ? [] : [received]);
        expectThrift(sent(), behaviour, received !== undefined);
        expect(transport.active()).toBe(0);
        expect(cleanupFailures()).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(kept.size).toBe(2);
  }, 120_000);

  it("for any server, any inner stream and any moment of leaving withSandbox, leaves nothing", async () => {
    const inner = fc.constantFrom<() => Observable<number>>(
      () => of(1, 2),
      () => concat(of(1), timer(700)),
      () => NEVER,
      () => throwError(() => new Error("mine")),
      () => {
        throw new Error("mine");
      },
      () =>
        concat(
          timer(300),
          throwError(() => new Error("mine")),
        ),
    );
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(script, leave, inner, async (behaviour, how, project) => {
        const { client, alive, sent, transport, cleanupFailures } = world(behaviour);
        let projected = 0;
        const end = await watch(
          client.withSandbox({ image: "i", readyTimeoutSeconds: 5 }, () => {
            projected += 1;
            return project();
          }),
          how,
          () => undefined,
        );
        ends.add(end);
        expect([...alive.keys()]).toEqual([]);
        expect(projected).toBeLessThanOrEqual(1);
        expectThrift(sent(), behaviour, false);
        if (projected === 1) expect(sent().filter((call) => call.startsWith("DELETE"))).toHaveLength(1);
        expect(transport.active()).toBe(0);
        expect(cleanupFailures()).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(ends).toEqual(new Set(["left", "completed", "failed"]));
  }, 120_000);

  it("for any server and any moment of closing, leaves nothing but what was received before", async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 0, max: 12_000 }), async (behaviour, closeMs) => {
        const { client, alive, transport, cleanupFailures } = world(behaviour);
        let received: string | undefined;
        const codes: string[] = [];
        client
          .create({ image: "i", readyTimeoutSeconds: 5 })
          .subscribe({ next: ({ id }) => (received = id), error: (error: { code: string }) => codes.push(error.code) });
        await vi.advanceTimersByTimeAsync(closeMs);
        const isOpen = received === undefined && codes.length === 0;
        let isClosed = false;
        void client.close().then(() => (isClosed = true));
        await vi.advanceTimersByTimeAsync(15_000);
        expect(isClosed).toBe(true);
        if (isOpen) expect(codes).toEqual(["closed"]);
        await vi.advanceTimersByTimeAsync(60_000);
        // A create whose answer was lost is looked for longer than close waits: then it is reported instead.
        if (cleanupFailures().length === 0) expect([...alive.keys()]).toEqual(received === undefined ? [] : [received]);
        else expect(behaviour.create).not.toBe("answered");
        expect(transport.active()).toBe(0);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it("leaves the sandbox of firstValueFrom(create) alive", async () => {
    const { client, alive, sent } = world({ createMs: 10, pingMs: 5 });
    const created = firstValueFrom(client.create({ image: "i" }));
    await vi.advanceTimersByTimeAsync(60_000);
    const sandbox = await created;
    expect([...alive.keys()]).toEqual([sandbox.id]);
    expect(sent().filter((call) => call.startsWith("DELETE"))).toEqual([]);
    expect(sent().at(-1)).toBe("GET /s1/proxy/44772/ping");
  });
});
