import { describe, expect, it } from "vitest";
import type { Conclusion } from "../engine/verdict/conclude.js";
import { badge } from "./badge.js";
import { sampleReport } from "../proof/testing/sample-report.js";

describe("badge", () => {
  it.each([
    "not-conformant",
    "no-regression",
    "inconclusive",
    "unreachable",
    "harness-fault",
  ] satisfies readonly Conclusion["outcome"][])("is not green for %s", (outcome) => {
    expect(badge({ run: sampleReport.run, conclusion: { ...sampleReport.conclusion, outcome } })).toMatchObject({
      isError: true,
      color: expect.not.stringContaining("green"),
    });
  });

  it("is green for a conformant subject and names the profile", () => {
    expect(
      badge({
        run: sampleReport.run,
        conclusion: { ...sampleReport.conclusion, outcome: "conformant", text: "conformant: quick" },
      }),
    ).toMatchObject({ isError: false, color: "brightgreen", message: "conformant: quick" });
  });

  it.each([{ filter: "sessions" }, { shard: { index: 1, of: 2 } }])(
    "is not green for a part of the checks: %o",
    (part) => {
      expect(
        badge({
          run: { ...sampleReport.run, ...part },
          conclusion: { ...sampleReport.conclusion, outcome: "conformant" },
        }).color,
      ).not.toContain("green");
    },
  );
});
