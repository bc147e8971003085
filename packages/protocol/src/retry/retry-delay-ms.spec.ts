import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryDelayMs } from "./retry-delay-ms.js";

const base = { baseDelayMs: 100, maxDelayMs: 5000 };

describe("retryDelayMs", () => {
  it("doubles with each attempt, between half and all of it", () => {
    for (const [attempt, full] of [
      [1, 100],
      [2, 200],
      [3, 400],
      [6, 3200],
      [7, 5000],
      [60, 5000],
    ] as const) {
      expect(retryDelayMs({ ...base, attempt, random: () => 0 })).toBe(full / 2);
      expect(retryDelayMs({ ...base, attempt, random: () => 0.5 })).toBe(full * 0.75);
    }
  });

  it("for any input, stays within the bounds and never shrinks with the attempts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 600_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, baseDelayMs, maxDelayMs, at) => {
          const question = { attempt, baseDelayMs, maxDelayMs, random: () => at };
          const delayMs = retryDelayMs(question);
          expect(delayMs).toBeGreaterThanOrEqual(Math.min(baseDelayMs, maxDelayMs) / 2);
          expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
          expect(retryDelayMs({ ...question, attempt: attempt + 1 })).toBeGreaterThanOrEqual(delayMs);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
