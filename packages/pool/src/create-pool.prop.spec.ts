import fc from "fast-check";
import type { Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Sandbox } from "@rxsandbox/client";
import { createPool } from "./create-pool.js";
import { createMemoryStore } from "./store/memory-store.js";
import { FakePlane } from "./testing/fake-plane.js";
import { flakyStore, type CallFate } from "./testing/flaky-store.js";

const pool = fc.integer({ min: 0, max: 1 });
const nth = fc.nat({ max: 20 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("acquire" as const), pool }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("release" as const), nth, reuse: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("give up" as const), nth }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat({ max: 200 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat({ max: 3000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat({ max: 200_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("creates" as const), isBroken: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("resize" as const), pool, target: fc.nat({ max: 5 }) }) },
);
const story = fc.record({
  steps: fc.array(step, { minLength: 5, maxLength: 60 }),
  fates: fc.infiniteStream(
    fc.oneof(
      { weight: 5, arbitrary: fc.constant("ok" as const) },
      { weight: 1, arbitrary: fc.constantFrom<CallFate>("lost", "refused") },
    ),
  ),
  onEmpty: fc.constantFrom("wait" as const, "create" as const, "fail" as const),
});

const LIFE_SECONDS = 120;
const MAX_IDLE_SECONDS = 100;

describe("createPool", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("for any order of acquires, releases, failures and deaths, hands nothing out twice and leaks nothing", async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ steps, fates, onEmpty }) => {
        const plane = new FakePlane();
        const shared = createMemoryStore();
        const pools = [0, 1].map(() =>
          createPool(plane, {
            name: "p",
            target: 2,
            create: { image: "i", timeoutSeconds: LIFE_SECONDS },
            maxIdleSeconds: MAX_IDLE_SECONDS,
            acquireTimeoutSeconds: 20,
            onEmpty,
            store: flakyStore(shared, () => fates.next().value),
          }),
        );
        const held: { readonly sandbox: Sandbox; readonly owner: (typeof pools)[number] }[] = [];
        const isHeld = (id: string) => held.some(({ sandbox }) => sandbox.id === id);
        const wrongs: string[] = [];
        plane.onKill = (id) => {
          if (isHeld(id)) wrongs.push(`${id} was killed in use`);
        };
        const pending = new Set<{ subscription?: Subscription; sinceMs: number }>();

        const acquire = (owner: (typeof pools)[number]): void => {
          const entry: { subscription?: Subscription; sinceMs: number } = { sinceMs: performance.now() };
          pending.add(entry);
          entry.subscription = owner.acquire().subscribe({
            next: (sandbox) => {
              if (isHeld(sandbox.id)) wrongs.push(`${sandbox.id} was handed out twice`);
              if (!plane.isAlive(sandbox.id)) wrongs.push(`${sandbox.id} was handed out dead`);
              held.push({ sandbox, owner });
            },
            error: () => pending.delete(entry),
            complete: () => pending.delete(entry),
          });
        };

        for (const action of steps) {
          if (action.kind === "acquire") acquire(pools[action.pool] as (typeof pools)[number]);
          else if (action.kind === "pass") await vi.advanceTimersByTimeAsync(action.ms);
          else if (action.kind === "creates") plane.createError = action.isBroken ? "server-error" : undefined;
          else if (action.kind === "resize")
            pools[action.pool]?.resize(action.target).subscribe({ error: () => undefined });
          else if (action.kind === "end") plane.end(plane.alive[action.nth % plane.alive.length] ?? "");
          else if (action.kind === "give up") {
            const entry = [...pending][action.nth % pending.size];
            entry?.subscription?.unsubscribe();
            if (entry !== undefined) pending.delete(entry);
          } else if (held.length > 0) {
            const [use] = held.splice(action.nth % held.length, 1);
            use?.owner.release(use.sandbox, { reuse: action.reuse }).subscribe({ error: () => undefined });
          }
          expect(wrongs).toEqual([]);
          for (const { sinceMs } of pending) expect(performance.now() - sinceMs).toBeLessThanOrEqual(20_000);
        }

        await Promise.all([
          ...pools.map((each) => each.close({ killIdle: true })),
          vi.advanceTimersByTimeAsync(90_000),
        ]);
        expect(wrongs).toEqual([]);
        expect(pending.size).toBe(0);
        await vi.advanceTimersByTimeAsync(1000 * (Math.max(LIFE_SECONDS, MAX_IDLE_SECONDS) + 60));
        expect(plane.alive).toEqual([]);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});
