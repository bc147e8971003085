import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryDelayMs } from "./retry-delay-ms.js";

const nowMs = Date.UTC(2026, 0, 1);
const base = { baseDelayMs: 100, maxDelayMs: 5000, nowMs };

describe("retryDelayMs", () => {
  it("doubles with each attempt, between half and all of it", () => {
    for (const [attempt, full] of [[1, 100], [2, 200], [3, 400], [6, 3200], [7, 5000], [60, 5000]] as const) {
      expect(retryDelayMs({ ...base, attempt, random: () => 0 })).toBe(full / 2);
      expect(retryDelayMs({ ...base, attempt, random: () => 0.5 })).toBe(full * 0.75);
    }
  });

  it.each([
    ["2", 2000],
    [" 3 ", 3000],
    ["0", 50],
    ["3600", 5000],
    ["9".repeat(400), 5000],
    ["Thu, 01 Jan 2026 00:00:04 GMT", 4000],
    ["Thursday, 01-Jan-26 00:00:04 GMT", 4000],
    ["Thu Jan  1 00:00:04 2026", 4000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 50],
    ["Fri, 01 Jan 2027 00:00:00 GMT", 5000],
    ["-5", 50],
    ["1.5", 50],
    ["soon", 50],
    ["Friday we are back", 50],
    ["", 50],
  ])("waits as Retry-After %j asks, within the bound", (retryAfter, delayMs) => {
    expect(retryDelayMs({ ...base, attempt: 1, retryAfter, random: () => 0 })).toBe(delayMs);
  });

  it("measures an HTTP date against this machine's clock unless told the time", () => {
    const retryAfter = new Date(Date.now() + 3_600_000).toUTCString();
    expect(retryDelayMs({ attempt: 1, baseDelayMs: 1, maxDelayMs: 1000, retryAfter, random: () => 0 })).toBe(1000);
  });

  it("for any input, stays within the bounds, honours seconds, and never shrinks with the attempts", () => {
    const retryAfter = fc.option(fc.oneof(fc.nat({ max: 100_000 }).map(String), fc.string(), fc.date({ noInvalidDate: true }).map((date) => date.toUTCString())), { nil: undefined });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 600_000 }),
        retryAfter,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, baseDelayMs, maxDelayMs, header, at) => {
          const question = { attempt, baseDelayMs, maxDelayMs, retryAfter: header, random: () => at, nowMs };
          const delayMs = retryDelayMs(question);
          expect(delayMs).toBeGreaterThanOrEqual(Math.min(baseDelayMs, maxDelayMs) / 2);
          expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
          if (header !== undefined && /^\d+$/.test(header)) expect(delayMs).toBeGreaterThanOrEqual(Math.min(maxDelayMs, Number(header) * 1000));
          expect(retryDelayMs({ ...question, attempt: attempt + 1 })).toBeGreaterThanOrEqual(delayMs);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
