import { describe, expect, it } from "vitest";
import { ApiError } from "../errors/errors.js";
import { retryWaitMs } from "./retry-wait-ms.js";

const busy = (retryAfterSeconds?: number) => new ApiError("unavailable", "busy", { status: 503, retryAfterSeconds });
const delays = { attempt: 1, baseDelayMs: 100, maxDelayMs: 5000 };

describe("retryWaitMs", () => {
  it("waits by its own delays where the server asks for nothing, or for less", () => {
    for (const error of [busy(), busy(0)]) {
      const waitMs = retryWaitMs(error, delays) ?? NaN;
      expect(waitMs).toBeGreaterThanOrEqual(50);
      expect(waitMs).toBeLessThanOrEqual(100);
    }
  });

  it("waits as long as the server asks, up to the longest wait", () => {
    expect(retryWaitMs(busy(5), delays)).toBe(5000);
    expect(retryWaitMs(busy(6), delays)).toBeUndefined();
    expect(retryWaitMs(busy(60), { ...delays, longestMs: 60_000 })).toBe(60_000);
    expect(retryWaitMs(busy(61), { ...delays, longestMs: 60_000 })).toBeUndefined();
  });
});
