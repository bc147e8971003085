import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IdleWatch } from "./idle-watch.js";

describe("IdleWatch", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("fires once when nothing moved for the whole time, counted from the last touch, and a tenth later at most", () => {
    for (let touchedAt = 1; touchedAt < 1000; touchedAt += 37) {
      const onIdle = vi.fn();
      const watch = new IdleWatch(1000, onIdle);
      vi.advanceTimersByTime(touchedAt);
      watch.touch();
      vi.advanceTimersByTime(999);
      expect(onIdle).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1 + 100 + 50);
      expect(onIdle).toHaveBeenCalledOnce();
      vi.advanceTimersByTime(10_000);
      expect(onIdle).toHaveBeenCalledOnce();
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it("never fires while something moves", () => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(1000, onIdle);
    for (let step = 0; step < 100; step += 1) {
      vi.advanceTimersByTime(990);
      watch.touch();
    }
    expect(onIdle).not.toHaveBeenCalled();
  });

  it("does not count a pause, and begins again after the callback when it is resumed", () => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(1000, onIdle);
    vi.advanceTimersByTime(900);
    watch.pause();
    vi.advanceTimersByTime(10_000);
    expect(vi.getTimerCount()).toBe(0);
    watch.resume();
    vi.advanceTimersByTime(999);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(51);
    expect(onIdle).toHaveBeenCalledOnce();
    watch.resume();
    vi.advanceTimersByTime(1050);
    expect(onIdle).toHaveBeenCalledTimes(2);
  });

  it("lets the bytes through that wait behind a late timer", () => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(1000, onIdle);
    // The loop is blocked: the last look is late, and the bytes are read right after it.
    vi.advanceTimersByTime(1000);
    watch.touch();
    vi.advanceTimersByTime(50);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1050);
    expect(onIdle).toHaveBeenCalledOnce();
  });

  it("counts a time in which no timer fired as one look", () => {
    // Timers of their own: the machine sleeps between two of them.
    vi.useRealTimers();
    const pending: (() => void)[] = [];
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((callback: () => void) => pending.push(callback)) as never);
    const onIdle = vi.fn();
    try {
      const watch = new IdleWatch(1000, onIdle);
      const fire = (): void => pending.shift()?.();
      // An hour passes before this one.
      fire();
      expect(onIdle).not.toHaveBeenCalled();
      watch.touch();
      for (let look = 0; look < 11; look += 1) fire();
      expect(onIdle).not.toHaveBeenCalled();
      fire();
      expect(onIdle).toHaveBeenCalledOnce();
    } finally {
      vi.restoreAllMocks();
    }
  });
});
