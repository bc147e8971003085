import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { after } from "./after.js";

describe("after", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("emits once and completes, after each subscription's own delay, however long", () => {
    const seen: string[] = [];
    const wait = after(2 ** 32);
    vi.advanceTimersByTime(2 ** 33);
    wait.subscribe({ next: () => seen.push("next"), complete: () => seen.push("complete") });
    vi.advanceTimersByTime(2 ** 32 - 1);
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(seen).toEqual(["next", "complete"]);
  });

  it("leaves no timer behind an unsubscribe", () => {
    after(1000).subscribe().unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });
});
