import { describe, expect, it } from "vitest";
import { ruleChecks } from "../../rules/checks/rule-checks.js";
import { runRuleCheck } from "../../rules/run-rule-checks.js";
import { nullRules } from "./null-rules.js";

describe("nullRules", () => {
  it.each(nullRules)("$name: no check that binds passes", async (subject) => {
    const passed: string[] = [];
    for (const check of ruleChecks) {
      if (check.level !== "MUST" && check.level !== "SHOULD") continue;
      if ((await runRuleCheck(check, subject, { seed: 1, runs: 20, isShrunk: false })).status === "pass")
        passed.push(check.id);
    }
    expect(passed).toEqual([]);
  });
});
