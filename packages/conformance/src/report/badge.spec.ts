import { describe, expect, it } from "vitest";
import type { Conclusion } from "../verdict/conclude.js";
import { badge } from "./badge.js";
import { sampleReport } from "../testing/sample-report.js";

describe("badge", () => {
  it.each(["not-conformant", "no-regression", "inconclusive", "unreachable", "harness-fault"] satisfies readonly Conclusion["outcome"][])("is not green for %s", (outcome) => {
    expect(badge({ conclusion: { ...sampleReport.conclusion, outcome } })).toMatchObject({ isError: true, color: expect.not.stringContaining("green") });
  });

  it("is green for a conformant subject and names the profile", () => {
    expect(badge({ conclusion: { ...sampleReport.conclusion, outcome: "conformant", text: "conformant: quick" } })).toMatchObject({ isError: false, color: "brightgreen", message: "conformant: quick" });
  });
});
