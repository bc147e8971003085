import { describe, expect, it } from "vitest";

import { parseByteRange } from "./byte-range.js";

describe("parseByteRange", () => {
  it.each([
    ["bytes=0-4", { start: 0, end: 4 }],
    ["bytes=10-", { start: 10, end: 26 }],
    ["bytes=-5", { start: 22, end: 26 }],
    ["bytes=-99", { start: 0, end: 26 }],
    ["bytes=20-999", { start: 20, end: 26 }],
    ["bytes=0-1,4-5", { start: 0, end: 1 }],
    ["bytes=500-600", "no-overlap"],
    ["bytes=abc", "malformed"],
    ["bytes=5-2", "malformed"],
    ["bytes=-", "malformed"],
    ["lines=1-2", "malformed"],
  ])("reads %s of 27 bytes", (header, expected) => {
    expect(parseByteRange(header, 27)).toEqual(expected);
  });
});
