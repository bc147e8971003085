import { lastValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { modelRules } from "../rules/model-rules.js";
import { RuleFault } from "../rules/rule-fault.js";
import { rulesInProcess } from "../rules/rules-in-process.js";
import { runConformance } from "../engine/run/run-conformance.js";
import type { RuleSubject } from "../model/subject.js";
import { ruleSubjectChecks } from "./rules.js";

async function verdictOf(subject: RuleSubject, filter: string): Promise<unknown> {
  const last = await lastValueFrom(runConformance(subject, { depth: "quick", filter }));
  if (last.type !== "finished") throw new Error(last.type);
  return last.report.results.map(({ verdict }) => verdict)[0];
}

describe("ruleSubjectChecks", () => {
  it("are one per claim, with a clause each", () => {
    expect(new Set(ruleSubjectChecks.map(({ id }) => id)).size).toBe(ruleSubjectChecks.length);
    expect(ruleSubjectChecks.filter(({ level }) => level === "MUST").length).toBeGreaterThanOrEqual(100);
  });

  it("pass a sound rule with evidence of both kinds", async () => {
    expect(await verdictOf(rulesInProcess("model", modelRules), "rule/infer/number")).toMatchObject({
      status: "pass",
      evidence: [{ control: "positive" }, { control: "negative" }],
    });
  });

  it("find a sound rule conformant at depth quick", { timeout: 60_000 }, async () => {
    const last = await lastValueFrom(runConformance(rulesInProcess("model", modelRules), { depth: "quick" }));
    if (last.type !== "finished") throw new Error(last.type);
    expect(last.report.results.filter(({ verdict }) => verdict.status !== "pass")).toEqual([]);
    expect(last.report.conclusion).toMatchObject({ exitCode: 0, outcome: "conformant" });
  });

  it("do not apply to operations that a rule does not offer, by name", async () => {
    expect(
      await verdictOf(rulesInProcess("infer only", { infer: modelRules.infer }), "rule/merge/front"),
    ).toMatchObject({ status: "not-applicable", capability: "merge" });
  });

  it("fail a wrong one with the reason and the smallest case, a silent one for its silence", async () => {
    const wrong = rulesInProcess("wrong", {
      infer: ({ error }) => (error === null ? 0 : Math.min(100, Number(error.value))),
    });
    expect(await verdictOf(wrong, "rule/infer/number")).toMatchObject({
      status: "fail",
      reason: { clause: "rule.infer.number", invariant: "wrong-code" },
      expected: 101,
    });
    const silent: RuleSubject = {
      ...wrong,
      ask: async () => {
        throw new RuleFault("hang", "no answer within 10 ms");
      },
    };
    expect(await verdictOf(silent, "rule/infer/number")).toMatchObject({
      status: "fail",
      reason: { invariant: "hang" },
    });
    const crashing: RuleSubject = {
      ...wrong,
      ask: async () => {
        throw new RuleFault("fault", "the rule exited with 1");
      },
    };
    expect(await verdictOf(crashing, "rule/infer/number")).toMatchObject({ status: "error" });
  });
});
