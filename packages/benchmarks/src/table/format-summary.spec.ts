import { describe, expect, it } from "vitest";
import type { JudgedRow } from "./judge-row.js";
import { formatSummary } from "./format-summary.js";

const figure = { measurement: "m", subject: "rxsandbox", metric: "ms" } as const;
const spread = { median: 1, min: 1, max: 1 };

function judged(id: string, passed?: boolean): JudgedRow {
  return {
    row: { id, work: `work of ${id}`, unit: "ms", better: "lower", reference: figure, ours: figure },
    reference: spread,
    ours: spread,
    ...(passed !== undefined && { passed }),
  };
}

describe("formatSummary", () => {
  it("names the rows that missed their target", () => {
    expect(formatSummary([judged("P1", true), judged("P2", false), judged("P3")])).toBe(
      "1 of 2 targets met; missed: P2 (work of P2)",
    );
  });

  it("counts no row without a target", () => {
    expect(formatSummary([judged("P1", true), judged("P3")])).toBe("1 of 1 targets met");
  });
});
