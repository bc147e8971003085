import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPool } from "./create-pool.js";
import { createMemoryStore } from "./store/memory-store.js";
import { FakePlane } from "./testing/fake-plane.js";
import { flakyStore } from "./testing/flaky-store.js";

const page = readFileSync(new URL("../../../docs/scaling.md", import.meta.url), "utf8");

/** The numbers of the row that begins so. */
function rowOf(start: string): readonly number[] {
  const row = page.split("\n").find((line) => line.startsWith(`| ${start} |`));
  return (row ?? "")
    .split("|")
    .slice(2, -1)
    .map((cell) => Number(cell.replaceAll(",", "")));
}

/** A pool at rest: so many processes keep so many sandboxes idle. */
async function rest(processes: number, target: number, minutes: number) {
  const plane = new FakePlane();
  const store = createMemoryStore();
  let steps = 0;
  const counted = flakyStore(store, () => {
    steps += 1;
    return "ok";
  });
  const pools = Array.from({ length: processes }, () =>
    createPool(plane, {
      name: "p",
      target,
      create: { image: "i" },
      maxConcurrentCreates: 50,
      store: counted,
    }),
  );
  for (const pool of pools) {
    pool.start().subscribe({ error: () => undefined });
    await vi.advanceTimersByTimeAsync(2_000 / processes);
  }
  // Creates come in waves at first.
  await vi.advanceTimersByTimeAsync(minutes * 35_000);
  expect(plane.alive.length).toBeGreaterThanOrEqual(target * 0.9);
  steps = 0;
  plane.calls.length = 0;
  await vi.advanceTimersByTimeAsync(minutes * 60_000);
  const seconds = minutes * 60;
  const found = {
    steps: steps / seconds,
    creates: plane.count("create") / seconds,
    calls: plane.calls.length / seconds,
  };
  await Promise.all([...pools.map((pool) => pool.close()), vi.advanceTimersByTimeAsync(20_000)]);
  return found;
}

describe("docs/scaling.md", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    [10, 0],
    [1_000, 1],
  ])(
    "is right about the creates of a pool with %i idle sandboxes",
    async (target, column) => {
      const { creates, calls } = await rest(2, target, 20);
      const documented = rowOf("creates for replacing idle sandboxes, `maxIdleSeconds: 600`")[column] ?? NaN;
      expect(creates).toBeGreaterThan(documented * 0.8);
      expect(creates).toBeLessThan(documented * 1.2);
      // A create, a renewal and a kill for each.
      expect(calls / creates).toBeLessThan(3.5);
    },
    60_000,
  );

  it.each([
    [1, 0],
    [10, 1],
    [100, 2],
  ])(
    "is right about the steps of a store that %i processes share",
    async (processes, column) => {
      const { steps } = await rest(processes, 10, 2);
      const documented = rowOf("rounds of a pool at rest")[column] ?? NaN;
      expect(steps).toBeGreaterThan(documented * 0.8);
      expect(steps).toBeLessThan(documented * 1.3);
    },
    60_000,
  );
});
