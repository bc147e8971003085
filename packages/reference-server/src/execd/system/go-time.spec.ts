import { describe, expect, it } from "vitest";

import { formatDuration, formatTime } from "./go-time.js";

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [300, "300ms"],
    [1500, "1.5s"],
    [60_000, "1m0s"],
    [86_400_000, "24h0m0s"],
  ])("writes %d ms as %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe("formatTime", () => {
  it("drops trailing zeros of the fraction and keeps nine digits otherwise", () => {
    expect(formatTime(1_795_417_569_120_000_000n)).toMatch(/^2026-11-\d\dT\d\d:\d\d:09\.12(Z|[+-]\d\d:\d\d)$/);
    expect(formatTime(1_795_417_569_000_000_000n)).toMatch(/:09(Z|[+-]\d\d:\d\d)$/);
    expect(formatTime(1_795_417_569_120_000_001n)).toContain(".120000001");
  });
});
