import { rulesInProcess, runRuleChecks } from "@rxsandbox/conformance";
import { describe, expect, it } from "vitest";
import { officialRules } from "./official-rules.js";

describe("officialRules", () => {
  it("keeps its exit codes in the domain where rules agree", { timeout: 60_000 }, async () => {
    const results = await runRuleChecks(rulesInProcess("official", { infer: officialRules.infer }), {
      seed: 1,
      runs: 50,
      filter: "rule/infer/",
    });
    expect(results.filter(({ level, status }) => level === "MUST" && status !== "pass")).toEqual([]);
    expect(results.length).toBeGreaterThan(15);
  });

  it("loses anything that is not an event, and how a body ended", { timeout: 60_000 }, async () => {
    const results = await runRuleChecks(rulesInProcess("official", { decode: officialRules.decode }), {
      seed: 1,
      runs: 25,
      isShrunk: false,
      filter: "rule/decode/",
    });
    expect(results.filter(({ status }) => status === "error")).toEqual([]);
    expect(
      Object.fromEntries(
        results.flatMap(({ id, status, finding }) =>
          status === "fail" || status === "warn" ? [[id.replace("rule/decode/", ""), finding?.invariant]] : [],
        ),
      ),
    ).toEqual({
      "sse-multi-line": "frame-lost",
      "bare-cr": "frame-lost",
      "sse-cr": "frame-lost",
      "cr-at-chunk-end": "frame-lost",
      envelope: "envelope-unclassified",
      "envelope-with-line-end": "envelope-unclassified",
      "sse-envelope": "envelope-unclassified",
      "envelope-code-only": "envelope-unclassified",
      malformed: "malformed-hidden",
      "sse-malformed": "malformed-hidden",
      truncated: "ended",
      "sse-truncated": "ended",
      vectors: "frame-lost",
    });
  });
});
