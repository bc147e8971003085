import { describe, expect, it } from "vitest";
import { sampleReport, sampleResult } from "../proof/testing/sample-report.js";
import { matrixPage } from "./html/matrix-page.js";
import { matrixText, reportMatrix } from "./report-matrix.js";
import type { WrittenReport } from "./written-report.js";

const other: WrittenReport = {
  ...sampleReport,
  conclusion: { ...sampleReport.conclusion, outcome: "conformant", text: "conformant: quick" },
  results: [
    sampleResult({ check: "execd/command-exit/zero", verdict: { status: "pass", evidence: [] } }),
    sampleResult({ check: "execd/new/<b>", verdict: { status: "pass", evidence: [] } }),
  ],
};
const matrix = reportMatrix([
  ["one", sampleReport],
  ["two|2", other],
]);

describe("reportMatrix", () => {
  it("has a row for each check of any report, and says where it did not run", () => {
    expect(matrix.rows).toHaveLength(sampleReport.results.length + 1);
    expect(matrix.rows.find(({ check }) => check === "execd/new/<b>")?.statuses).toEqual([undefined, "pass"]);
    expect(matrix.rows.find(({ check }) => check === "execd/command-stream/one-end")?.statuses).toEqual([
      "fail",
      undefined,
    ]);
  });

  it("is a table in Markdown that leaves out what passes everywhere", () => {
    const text = matrixText(matrix);
    expect(text).toContain("|  | one | two\\|2 |");
    expect(text).not.toContain("command-exit/zero");
    expect(text).toContain("1 of 10 checks pass everywhere.");
  });

  it("leaves out on demand where all that ran agree", () => {
    expect(matrixPage(matrix)).not.toContain("where they differ");
    const failing = {
      ...other,
      results: other.results.map((result, at) =>
        at === 0 ? { ...result, verdict: { status: "blocked", by: "x" } as const } : result,
      ),
    };
    const page = matrixPage(
      reportMatrix([
        ["one", other],
        ["two", failing],
      ]),
    );
    expect(page).toContain("only where they differ: 1 of 2 checks");
    expect(page.match(/<tr class="alike">/g)).toHaveLength(1);
  });

  it("is a page that loads nothing and escapes names", () => {
    const page = matrixPage(matrix);
    expect(page).toContain("execd/new/&lt;b&gt;");
    expect(page).not.toMatch(/\b(?:src|href)=/);
  });
});
