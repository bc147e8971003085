import { describe, expect, it } from "vitest";
import { judgeRow } from "./judge-row.js";
import type { Row } from "../rows/benchmark.js";

const row: Row = {
  id: "P9",
  work: "work",
  unit: "ms",
  better: "lower",
  reference: { measurement: "m", subject: "official-iterator", metric: "ms" },
  ours: { measurement: "m", subject: "rxsandbox", metric: "ms", cpu: { metric: "cpuMs", unit: "ms" } },
  target: { atLeastTimes: 10 },
};

const samples = new Map([
  ["m official-iterator", [{ ms: 100 }, { ms: 130 }, { ms: 120 }]],
  [
    "m rxsandbox",
    [
      { ms: 12, cpuMs: 3 },
      { ms: 9, cpuMs: 5 },
      { ms: 10, cpuMs: 4 },
    ],
  ],
]);

describe("judgeRow", () => {
  it("compares the medians and keeps the spread", () => {
    expect(judgeRow(row, samples)).toMatchObject({
      reference: { median: 120, min: 100, max: 130 },
      ours: { median: 10, min: 9, max: 12, cpu: 4 },
      times: 12,
      passed: true,
    });
  });

  it("turns the ratio around where higher is better", () => {
    const judged = judgeRow({ ...row, better: "higher" }, samples);
    expect(judged.times).toBeCloseTo(1 / 12);
    expect(judged.passed).toBe(false);
  });

  it("holds a limit against the worst round", () => {
    expect(judgeRow({ ...row, target: { atMost: 11 } }, samples).passed).toBe(false);
    expect(judgeRow({ ...row, target: { atMost: 12 } }, samples).passed).toBe(true);
  });

  it("judges nothing where there is no target", () => {
    const { target: _, ...open } = row;
    expect(judgeRow(open, samples)).not.toHaveProperty("passed");
  });

  it("refuses samples without the figure", () => {
    expect(() => judgeRow({ ...row, ours: { ...row.ours, metric: "p99Ms" } }, samples)).toThrow("no p99Ms");
  });
});
