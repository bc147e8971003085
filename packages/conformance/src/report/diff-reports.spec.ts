import { describe, expect, it } from "vitest";
import { diffReports, diffText } from "./diff-reports.js";
import { sampleReport, sampleResult } from "../proof/testing/sample-report.js";
import type { WrittenReport, WrittenResult } from "./written-report.js";

const failing = (invariant: string): WrittenResult["verdict"] => ({
  status: "fail",
  reason: { clause: "X03", invariant },
  expected: 1,
  observed: Math.random(),
});
const passing: WrittenResult["verdict"] = { status: "pass", evidence: [] };
const withVerdicts = (verdicts: Readonly<Record<string, WrittenResult["verdict"]>>): WrittenReport => ({
  ...sampleReport,
  results: Object.entries(verdicts).map(([check, verdict]) => sampleResult({ check, verdict })),
});

describe("diffReports", () => {
  it("tells regressions, repairs and other changes apart", () => {
    const older = withVerdicts({ a: passing, b: failing("x"), c: failing("x"), d: passing, e: failing("x") });
    const newer = withVerdicts({ a: failing("x"), b: passing, c: failing("y"), e: failing("x"), f: passing });
    const diff = diffReports(older, newer);
    expect(diff.regressions.map(({ check }) => check)).toEqual(["a", "c"]);
    expect(diff.fixed.map(({ check }) => check)).toEqual(["b"]);
    expect(diff.changed).toEqual([
      { check: "d", before: "pass", after: undefined },
      { check: "f", before: undefined, after: "pass" },
    ]);
  });

  it("finds no difference between a report and itself", () => {
    expect(diffText(diffReports(sampleReport, sampleReport))).toBe("no difference\n");
  });

  it("warns of runs that are hard to compare", () => {
    const other: WrittenReport = { ...sampleReport, run: { ...sampleReport.run, depth: "full" } };
    expect(diffReports(sampleReport, other).caveats).toEqual(["depth quick -> full"]);
  });
});
