import { describe, expect, it } from "vitest";
import { median, percentile } from "./statistics.js";

describe("median", () => {
  it("is the middle figure, or the mean of the two middle ones", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it("orders by size, not by digits", () => {
    expect(median([9, 10, 100])).toBe(10);
  });

  it("refuses nothing", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("percentile", () => {
  it("is the nearest rank", () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(percentile(values, 99)).toBe(198);
    expect(percentile(values, 100)).toBe(200);
    expect(percentile([5], 99)).toBe(5);
  });
});
