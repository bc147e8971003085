import { describe, expect, it } from "vitest";
import { createWatchInterval } from "./watch-interval.js";

describe("createWatchInterval", () => {
  it("grows while nothing happens, further while looks fail, and is short again after a change", () => {
    const interval = createWatchInterval();
    const pauses = (looks: readonly ("busy" | "calm" | "failed")[]) => looks.map((look) => interval.next(look, 0.5));
    expect(pauses(["calm", "calm", "calm", "calm", "calm", "calm"])).toEqual([1000, 1500, 2250, 3375, 5000, 5000]);
    expect(pauses(["failed", "failed", "failed", "failed", "failed", "failed"]).at(-1)).toBe(30_000);
    expect(pauses(["calm", "busy", "calm"])).toEqual([5000, 1000, 1500]);
  });

  it("spreads by 20 %", () => {
    expect(createWatchInterval().next("busy", 0)).toBeCloseTo(800);
    expect(createWatchInterval().next("busy", 1)).toBeCloseTo(1200);
  });
});
