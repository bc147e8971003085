import { NEVER, firstValueFrom, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Sandbox } from "@rxsandbox/client";
import { createMemoryStore } from "./store/memory-store.js";
import { acquire, done, pass, poolWorld, startAcquire, warmUp } from "./testing/pool-world.js";
import { flakyStore, type CallFate } from "./testing/flaky-store.js";

describe("createPool", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("does nothing before a subscription", async () => {
    const { pool, plane } = poolWorld();
    const cold = [pool.acquire(), pool.start(), pool.resize(5)];
    await pass(10);
    expect(cold).toHaveLength(3);
    expect(plane.calls).toEqual([]);
  });

  it("fills itself to its target once, however often it is started", async () => {
    const { pool, plane, eventsOf } = poolWorld({ target: 3 });
    let warm = 0;
    for (let times = 0; times < 3; times += 1) pool.start().subscribe(() => (warm += 1));
    await pass(10);
    expect(warm).toBe(3);
    expect(plane.alive).toHaveLength(3);
    expect(eventsOf("warm")).toHaveLength(1);
    await pass(60);
    expect(plane.created).toBe(3);
  });

  it("hands out a warm sandbox for the life of the create options, and makes another", async () => {
    const { pool, plane, eventsOf } = poolWorld();
    pool.start().subscribe();
    await pass(50);
    const { sandbox } = startAcquire(pool);
    expect(sandbox).toBeUndefined();
    const taken = startAcquire(pool);
    await pass(0.1);
    expect(taken.sandbox).toBeDefined();
    expect(plane.lifeMs(taken.sandbox?.id ?? "")).toBeGreaterThan(119_000);
    expect(plane.lifeMs(taken.sandbox?.id ?? "")).toBeLessThanOrEqual(120_000);
    await pass(5);
    expect(plane.created).toBe(4);
    expect(eventsOf("acquired").map(({ from }) => from)).toEqual(["idle", "idle"]);
    expect(eventsOf("acquired").every(({ waitedMs }) => waitedMs < 50)).toBe(true);
  });

  it("serves those who wait in their order", async () => {
    const { pool } = poolWorld({ target: 0, maxConcurrentCreates: 1 });
    const all = [startAcquire(pool), startAcquire(pool), startAcquire(pool)];
    const served: number[] = [];
    for (let second = 0; second < 10; second += 1) {
      await pass(0.5);
      served.push(all.filter(({ sandbox }) => sandbox !== undefined).length);
      all.forEach(({ sandbox }, index) => {
        if (sandbox !== undefined)
          expect(all.slice(0, index).every((before) => before.sandbox !== undefined)).toBe(true);
      });
    }
    expect(new Set(served)).toEqual(new Set([0, 1, 2, 3]));
    expect(new Set(all.map(({ sandbox }) => sandbox?.id)).size).toBe(3);
  });

  it("fails at once when it is empty and so told", async () => {
    const { pool } = poolWorld({ onEmpty: "fail" });
    const { error, ...rest } = await acquire(pool, 0.1);
    expect(error).toMatchObject({ code: "unavailable", retryable: true });
    expect(rest.sandbox).toBeUndefined();
  });

  it("creates a sandbox for one call alone when it is empty and so told", async () => {
    const { pool, plane, eventsOf } = poolWorld({ onEmpty: "create", target: 1 });
    const first = startAcquire(pool);
    const second = startAcquire(pool);
    await pass(3);
    expect(new Set([first.sandbox?.id, second.sandbox?.id]).size).toBe(2);
    expect(eventsOf("acquired").map(({ from }) => from)).toEqual(["created", "created"]);
    expect(plane.created).toBe(3);
  });

  it("finds sandboxes that have ended or do not answer, kills them, and hands out the next", async () => {
    const { pool, plane, eventsOf } = poolWorld({ target: 3, acquireTimeoutSeconds: 5 });
    await warmUp(pool);
    plane.end("s1");
    plane.broken.add("s2");
    const { sandbox } = await acquire(pool, 0.2);
    expect(sandbox?.id).toBe("s3");
    expect(eventsOf("stale").map(({ sandboxId }) => sandboxId)).toEqual(["s1", "s2"]);
    expect(plane.alive).not.toContain("s2");
  });

  it("asks a check of its user's", async () => {
    const { pool, eventsOf } = poolWorld({ check: ({ id }) => of(id !== "s1") });
    await warmUp(pool);
    const { sandbox } = await acquire(pool, 0.2);
    expect(sandbox?.id).toBe("s2");
    expect(eventsOf("stale")).toHaveLength(1);
  });

  it("keeps its sandboxes when the server cannot be asked, and says why", async () => {
    const { pool, plane, eventsOf } = poolWorld();
    await warmUp(pool);
    plane.callError = "network";
    const { error } = await acquire(pool, 1);
    expect(error).toMatchObject({ code: "network" });
    plane.callError = undefined;
    await pass(5);
    expect((await acquire(pool, 1)).sandbox).toBeDefined();
    expect(eventsOf("stale")).toEqual([]);
  });

  it("prepares each sandbox before it is idle; a failure kills it and is reported", async () => {
    const prepared: string[] = [];
    const { pool, plane, eventsOf } = poolWorld({
      target: 1,
      prepare: ({ id }) => (id === "s1" ? throwError(() => new Error("no network")) : of(prepared.push(id))),
    });
    pool.start().subscribe();
    await pass(10);
    expect(eventsOf("prepare-failed")).toEqual([
      { type: "prepare-failed", sandboxId: "s1", error: expect.objectContaining({ message: "no network" }) },
    ]);
    expect(plane.alive).toEqual(["s2"]);
    expect(prepared).toEqual(["s2"]);
    expect(eventsOf("recovered")).toEqual([{ type: "recovered", what: "create" }]);
  });

  it("gives a preparation that does not end a limit", async () => {
    const { pool, plane, eventsOf } = poolWorld({ target: 1, prepare: () => NEVER, prepareTimeoutSeconds: 20 });
    pool.start().subscribe();
    await pass(21.5);
    expect(eventsOf("prepare-failed")).toMatchObject([{ error: { code: "timeout" } }]);
    expect(plane.alive).toEqual([]);
  });

  it("creates less and less often while creates fail, and recovers", async () => {
    const { pool, plane, eventsOf } = poolWorld({ target: 4 });
    plane.createError = "server-error";
    pool.start().subscribe();
    await pass(10);
    expect(plane.count("create")).toBeLessThanOrEqual(4 + 4);
    await pass(600);
    expect(plane.count("create")).toBeLessThanOrEqual(4 + 20);
    const waits = eventsOf("degraded").map(({ retryMs }) => retryMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(75_000);
    expect(waits.length).toBeGreaterThan(7);
    plane.createError = undefined;
    await pass(90);
    expect(plane.alive).toHaveLength(4);
    expect(eventsOf("recovered")).toEqual([{ type: "recovered", what: "create" }]);
  });

  it("is degraded while its store fails, creates for those who may, and recovers", async () => {
    let fate: CallFate = "refused";
    const { pool, plane, eventsOf } = poolWorld({
      store: flakyStore(createMemoryStore(), () => fate),
      onEmpty: "create",
    });
    expect((await acquire(pool, 5)).sandbox?.id).toBe("s1");
    await pass(30);
    expect(eventsOf("degraded").every(({ what }) => what === "store")).toBe(true);
    expect(eventsOf("degraded").length).toBeGreaterThan(5);
    expect(eventsOf("degraded").length).toBeLessThan(15);
    fate = "ok";
    await pass(15);
    expect(eventsOf("recovered")).toEqual([{ type: "recovered", what: "store" }]);
    expect(plane.alive).toHaveLength(3);
  });

  it("goes on waiting while its store fails, and says so when the time is up", async () => {
    let fate: CallFate = "refused";
    const { pool } = poolWorld({ store: flakyStore(createMemoryStore(), () => fate), acquireTimeoutSeconds: 20 });
    const late = startAcquire(pool);
    await pass(15);
    const lucky = startAcquire(pool);
    await pass(6);
    expect(late.error).toMatchObject({ code: "timeout", cause: { code: "unavailable" } });
    fate = "ok";
    await pass(10);
    expect(lucky.sandbox).toBeDefined();
  });

  it("gives back what comes to an acquire that is given up", async () => {
    const { pool, plane, eventsOf } = poolWorld({ target: 1 });
    await warmUp(pool);
    for (const ms of [0, 1, 5, 9]) {
      const { leave } = startAcquire(pool);
      await vi.advanceTimersByTimeAsync(ms);
      leave();
      await pass(3);
      expect(eventsOf("counts").at(-1)).toMatchObject({ idle: 1, leased: 0, waiting: 0 });
    }
    expect(plane.created).toBe(1);
    expect((await acquire(pool, 0.1)).sandbox?.id).toBe("s1");
  });

  it("errors timeout when none comes in time, and leaves the queue", async () => {
    const { pool, plane, eventsOf } = poolWorld({ acquireTimeoutSeconds: 10 });
    plane.createMs = Infinity;
    const { error } = await acquire(pool, 11);
    expect(error).toMatchObject({ code: "timeout" });
    await pass(3);
    expect(eventsOf("counts").at(-1)).toMatchObject({ waiting: 0 });
  });

  it("grows and shrinks", async () => {
    const { pool, plane, eventsOf } = poolWorld({ target: 1 });
    await warmUp(pool);
    await done(pool.resize(4));
    await pass(8);
    expect(plane.alive).toHaveLength(4);
    await done(pool.resize(1));
    await pass(3);
    expect(plane.alive).toEqual(["s4"]);
    expect(eventsOf("evicted")).toHaveLength(3);
  });

  it("replaces sandboxes that were idle for too long, without a request while they are idle", async () => {
    const { pool, plane } = poolWorld({ target: 1, maxIdleSeconds: 300 });
    await warmUp(pool);
    const before = plane.calls.length;
    await pass(290);
    expect(plane.calls).toHaveLength(before);
    await pass(20);
    expect(plane.alive).toEqual(["s2"]);
  });

  describe("close", () => {
    it("refuses new work, ends waits and creates, kills idle sandboxes, and completes the events", async () => {
      const { pool, plane, events } = poolWorld({ target: 2, prepare: ({ id }) => (id === "s3" ? NEVER : []) });
      await warmUp(pool);
      const used = await acquire(pool, 0.1);
      await pass(3);
      plane.createMs = Infinity;
      const waiting = [startAcquire(pool), startAcquire(pool), startAcquire(pool)];
      await pass(2);
      let isComplete = false;
      pool.events.subscribe({ complete: () => (isComplete = true) });
      const closed = pool.close();
      expect(pool.close()).toBe(closed);
      await pass(1);
      await closed;
      expect(waiting.at(-1)?.error).toMatchObject({ code: "closed" });
      await expect(firstValueFrom(pool.acquire())).rejects.toMatchObject({ code: "closed" });
      await expect(firstValueFrom(pool.start())).rejects.toMatchObject({ code: "closed" });
      await expect(firstValueFrom(pool.resize(1))).rejects.toMatchObject({ code: "closed" });
      expect(isComplete).toBe(true);
      const inUse = [used, ...waiting].flatMap(({ sandbox }) => sandbox?.id ?? []);
      expect(plane.alive.filter((id) => !inUse.includes(id))).toEqual([]);
      expect(plane.isAlive(used.sandbox?.id ?? "")).toBe(true);
      await done(pool.release(used.sandbox as Sandbox, { reuse: true }));
      expect(plane.isAlive(used.sandbox?.id ?? "")).toBe(false);
      const calls = plane.calls.length;
      await pass(600);
      expect(plane.calls).toHaveLength(calls);
      expect(events.some(({ type }) => type === "degraded")).toBe(false);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("leaves idle sandboxes to the others that share the store, and a new pool starts with them", async () => {
      const store = { ...createMemoryStore(), isShared: true };
      const { pool, plane } = poolWorld({ store });
      await warmUp(pool);
      await Promise.all([pool.close(), pass(1)]);
      expect(plane.alive).toHaveLength(2);
      const again = poolWorld({ store }, plane);
      again.pool.start().subscribe();
      expect((await acquire(again.pool, 0.1)).sandbox?.id).toBe("s1");
      await pass(5);
      expect(plane.created).toBe(3);
      await Promise.all([again.pool.close({ killIdle: true }), pass(1)]);
      expect(plane.alive).toEqual(["s1"]);
    });

    it("warms up again as a new pool with the same name", async () => {
      const { pool, plane } = poolWorld();
      await warmUp(pool);
      await Promise.all([pool.close(), pass(1)]);
      expect(plane.alive).toEqual([]);
      const again = poolWorld({}, plane);
      await warmUp(again.pool);
      expect(plane.alive).toHaveLength(2);
    });
  });

  it("refuses wrong targets and release options at the call", async () => {
    const { pool } = poolWorld();
    expect(() => pool.resize(1.5)).toThrow(expect.objectContaining({ argument: "target" }));
    const { sandbox } = await acquire(pool, 3);
    expect(() => pool.release(sandbox as Sandbox, { reuse: 1 as unknown as boolean })).toThrow(
      expect.objectContaining({ argument: "reuse" }),
    );
  });
});
