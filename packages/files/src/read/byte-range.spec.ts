import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRange, readRange, type ByteRange } from "./byte-range.js";

const bytes = (min: number) => fc.integer({ min, max: 2 ** 40 });
const ranges: fc.Arbitrary<ByteRange> = fc.oneof(
  fc.record({ start: bytes(0) }),
  fc.record({ start: bytes(0), length: bytes(1) }),
  fc.record({ last: bytes(1) }),
);

describe("readRange", () => {
  it("reads the header that it writes as the same range", () => {
    fc.assert(
      fc.property(ranges, (range) => {
        const read = readRange("range", range);
        expect(readRange("range", formatRange(read))).toEqual(read);
      }),
    );
  });

  it("has inclusive ends: ten bytes from 0 on end at 9", () => {
    expect(formatRange(readRange("range", { start: 0, length: 10 }))).toBe("bytes=0-9");
    expect(formatRange(readRange("range", { start: 5 }))).toBe("bytes=5-");
    expect(formatRange(readRange("range", { last: 3 }))).toBe("bytes=-3");
  });

  it.each([
    "bytes=",
    "bytes=-",
    "bytes=-0",
    "bytes=5-4",
    "bytes=0-1,3-4",
    "bytes= 0-1",
    "lines=0-1",
    "bytes=0-99999999999999999999",
    {},
    { start: -1 },
    { start: 0.5 },
    { start: 0, length: 0 },
    { start: Number.MAX_SAFE_INTEGER, length: 2 },
    { last: 0 },
    { last: 1, start: 0 },
    { start: "0" },
    null,
    7,
  ])("refuses %j by the name of the argument", (range) => {
    expect(() => readRange("options.range", range)).toThrow(expect.objectContaining({ argument: "options.range" }));
  });
});
