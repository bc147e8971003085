import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { httpDateMs, retryAfterSeconds } from "./retry-after-seconds.js";

const nowMs = Date.UTC(2026, 0, 1);

describe("retryAfterSeconds", () => {
  it.each([
    ["2", 2],
    [" 3 ", 3],
    ["0", 0],
    ["3600", 3600],
    ["Thu, 01 Jan 2026 00:00:04 GMT", 4],
    ["Thursday, 01-Jan-26 00:00:04 GMT", 4],
    ["Thu Jan  1 00:00:04 2026", 4],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["Fri, 01 Jan 2027 00:00:00 GMT", 365 * 86_400],
    ["9".repeat(400), undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["Friday we are back", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("reads %j as %s", (header, seconds) => {
    expect(retryAfterSeconds(header, nowMs)).toBe(seconds);
  });

  it("for any text, gives whole seconds from 0 on, or nothing", () => {
    const header = fc.oneof(
      fc.nat().map(String),
      fc.string(),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(header, (text) => {
        const seconds = retryAfterSeconds(text, nowMs);
        expect(seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= 0)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("httpDateMs", () => {
  it("for any second, reads what a server writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(httpDateMs(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000);
      }),
    );
  });
});
