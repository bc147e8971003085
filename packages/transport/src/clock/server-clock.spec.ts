import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createServerClock } from "./server-clock.js";

const now = Date.UTC(2026, 0, 1, 12, 0, 0, 400);

describe("createServerClock", () => {
  beforeEach(() => void vi.useFakeTimers({ now, toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("is this machine's clock until an answer came, and after one without a date", () => {
    const clock = createServerClock();
    expect([clock.hasHeard(), clock.nowMs()]).toEqual([false, now]);
    clock.hear(undefined, 5);
    expect([clock.hasHeard(), clock.nowMs()]).toEqual([true, now]);
  });

  it("stays this machine's clock while the two can agree", () => {
    const clock = createServerClock();
    clock.hear("Thu, 01 Jan 2026 12:00:00 GMT", 20);
    expect(clock.nowMs()).toBe(now);
  });

  it("for any difference and any exchange, is right within a second and the time of the exchange", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.nat({ max: 30_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (aheadMs, durationMs, at) => {
          const clock = createServerClock();
          const writtenMs = now - durationMs * at + aheadMs;
          clock.hear(new Date(Math.floor(writtenMs / 1000) * 1000).toUTCString(), durationMs);
          expect(Math.abs(clock.nowMs() - (now + aheadMs))).toBeLessThanOrEqual(1000 + durationMs);
        },
      ),
    );
  });

  it("believes the latest answer", () => {
    const clock = createServerClock();
    clock.hear("Thu, 01 Jan 2026 11:00:00 GMT", 0);
    expect(clock.nowMs()).toBeLessThan(now - 3_500_000);
    clock.hear("Thu, 01 Jan 2026 12:00:00 GMT", 0);
    expect(clock.nowMs()).toBe(now);
  });
});
