import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { countdown } from "./expiry.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

describe("countdown", () => {
  const clock = { nowMs: () => Date.now() + 2000, hasHeard: () => true, hear: () => undefined };

  it("counts whole seconds by the server's clock down to 0", () => {
    const seen: unknown[] = [];
    countdown(clock, { expiresAt: new Date(5500) }).subscribe({
      next: (left) => seen.push(left),
      complete: () => seen.push("complete"),
    });
    expect(seen).toEqual([4]);
    vi.advanceTimersByTime(10_000);
    expect(seen).toEqual([4, 3, 2, 1, 0, "complete"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("emits null for a sandbox that never expires, and stops its timer on unsubscribe", () => {
    const seen: unknown[] = [];
    countdown(clock, { expiresAt: null }).subscribe({
      next: (left) => seen.push(left),
      complete: () => seen.push("complete"),
    });
    expect(seen).toEqual([null, "complete"]);
    countdown(clock, { expiresAt: new Date(60_000) })
      .subscribe()
      .unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });
});
