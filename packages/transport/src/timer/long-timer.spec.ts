import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startLongTimer } from "./long-timer.js";

describe("startLongTimer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits longer than the platform's timers can", () => {
    let fired = 0;
    startLongTimer(2 ** 33, () => (fired += 1));
    vi.advanceTimersByTime(2 ** 33 - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is cancelled at any time", () => {
    const cancel = startLongTimer(2 ** 32, () => expect.unreachable());
    vi.advanceTimersByTime(2 ** 31);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("never fires for Infinity", () => {
    startLongTimer(Infinity, () => expect.unreachable())();
    expect(vi.getTimerCount()).toBe(0);
  });
});
