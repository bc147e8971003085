import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IdleWatch } from "./idle-watch.js";

describe("IdleWatch", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("fires once when nothing moved for the whole time", () => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(800, onIdle);
    vi.advanceTimersByTime(799);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onIdle).toHaveBeenCalledOnce();
    watch.touch();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([0, 1, 99, 100, 101, 450, 799])("is never early after a touch at %i of 800 ms, and late by less than an eighth", (touchedMs) => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(800, onIdle);
    vi.advanceTimersByTime(touchedMs);
    watch.touch();
    vi.advanceTimersByTime(799);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(101);
    expect(onIdle).toHaveBeenCalledOnce();
  });

  it("does not count a pause", () => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(800, onIdle);
    watch.pause();
    vi.advanceTimersByTime(10_000);
    watch.resume();
    vi.advanceTimersByTime(799);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onIdle).toHaveBeenCalledOnce();
  });
});
