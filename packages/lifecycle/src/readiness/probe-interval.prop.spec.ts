import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { probeInterval } from "./probe-interval.js";

describe("probeInterval", () => {
  it("for any time waited, stays within a fifth of it, 20 ms and 4 s, give or take a fifth", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (elapsedMs, random) => {
          const base = Math.min(4000, Math.max(20, elapsedMs * 0.2));
          const interval = probeInterval(elapsedMs, random);
          expect(interval).toBeGreaterThanOrEqual(base * 0.8 - 1e-9);
          expect(interval).toBeLessThanOrEqual(base * 1.2 + 1e-9);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
