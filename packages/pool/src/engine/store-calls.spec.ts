import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Sandbox } from "@rxsandbox/client";
import { createMemoryStore } from "../store/memory-store.js";
import { acquire, pass, poolWorld, startAcquire, warmUp } from "../testing/pool-world.js";
import { flakyStore, type CallFate } from "../testing/flaky-store.js";

describe("untilAnswered", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Two pools that share a store; the first one loses the answer to its next `call`. */
  async function twoPools(call: "add" | "giveBack" | "take", prepare: number) {
    const shared = createMemoryStore();
    let losses = 0;
    const fate = (name: string): CallFate => (name === call && (losses -= 1) >= 0 ? "lost" : "ok");
    const first = poolWorld({ store: flakyStore(shared, fate), target: prepare });
    const second = poolWorld({ store: shared, target: prepare }, first.plane);
    await warmUp(first.pool);
    return { first, second, plane: first.plane, lose: () => (losses = 1) };
  }

  it("a release leaves alone the sandbox that somebody else has by then", async () => {
    const { first, second, plane, lose } = await twoPools("giveBack", 1);
    const { sandbox } = await acquire(first.pool, 0.05);
    lose();
    first.pool.release(sandbox as Sandbox, { reuse: true }).subscribe();
    await pass(0.015);
    const other = await acquire(second.pool, 0.05);
    expect(other.sandbox?.id).toBe(sandbox?.id);
    await pass(10);
    expect(plane.isAlive(sandbox?.id ?? "")).toBe(true);
    expect(first.eventsOf("released")).toMatchObject([{ outcome: "forgotten" }]);
  });

  it("a create leaves alone the sandbox that somebody else has by then", async () => {
    const { second, plane, lose } = await twoPools("add", 0);
    lose();
    const other = startAcquire(second.pool);
    await pass(10);
    expect(plane.isAlive(other.sandbox?.id ?? "")).toBe(true);
    expect(plane.count("kill")).toBe(0);
  });

  it("an acquire gets the sandbox of its first try", async () => {
    const { first, plane, lose } = await twoPools("take", 2);
    lose();
    const { sandbox } = await acquire(first.pool, 3);
    expect(sandbox?.id).toBe("s1");
    await pass(5);
    expect(first.eventsOf("counts").at(-1)).toMatchObject({ idle: 2, leased: 1 });
    expect(plane.created).toBe(3);
  });
});
