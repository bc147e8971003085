import { type ConformanceReport, runConformance } from "@rxsandbox/conformance";
import { lastValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { conclusionText } from "./conclusion-text.js";

const url = "https://docs.example/protocol/execd.md#2.4";

/** The report of a run of one check that answers as `verdict` says, on a rule, which needs no server. */
async function reportWith(verdict: ConformanceReport["results"][number]["verdict"]): Promise<ConformanceReport> {
  const rule = { kind: "rule", name: "mine", ops: [], ask: async () => ({}) } as const;
  const last = await lastValueFrom(runConformance(rule, { seed: 1, filter: "rule/infer/number" }));
  if (last.type !== "finished") throw new Error("a run ends in its report");
  const blamed = { "execd.stream.end": { level: "MUST", text: "", source: "execd.md#2.4", url } } as const;
  return { ...last.report, results: last.report.results.map((result) => ({ ...result, verdict })), blamed };
}

describe("conclusionText", () => {
  it.each(["fail", "warn"] as const)("says where the clause of a %s comes from", async (status) => {
    const reason = { clause: "execd.stream.end", invariant: "no-end" };
    const text = conclusionText(await reportWith({ status, reason, expected: 1, observed: 0 }), []);
    expect(text).toMatch(/^(?:FAIL|warn) .*\n +execd\.stream\.end\/no-end: .*\n +see https:.*execd\.md#2\.4$/m);
  });

  it("names no section where no clause is blamed", async () => {
    expect(conclusionText(await reportWith({ status: "blocked", by: "x" }), [])).not.toContain("see ");
  });
});
