import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IdleWatch } from "./idle-watch.js";

describe("IdleWatch", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("fires once when nothing moved for the whole time, counted from the last touch", () => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(100, onIdle);
    vi.advanceTimersByTime(60);
    watch.touch();
    vi.advanceTimersByTime(99);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onIdle).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not count a pause", () => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(100, onIdle);
    watch.pause();
    vi.advanceTimersByTime(10_000);
    watch.resume();
    vi.advanceTimersByTime(99);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onIdle).toHaveBeenCalledOnce();
  });
});
