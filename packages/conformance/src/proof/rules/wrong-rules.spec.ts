import { describe, expect, it } from "vitest";
import { ruleChecks } from "../../rules/checks/rule-checks.js";
import { modelRules } from "../../rules/model-rules.js";
import type { RuleCheck } from "../../rules/rule-check.js";
import { rulesInProcess } from "../../rules/rules-in-process.js";
import { runRuleCheck, type RuleCheckResult } from "../../rules/run-rule-checks.js";
import { killTable } from "./planted-rule-faults.js";
import type { WrongRule } from "./wrong-rule.js";
import { wrongRules } from "./wrong-rules.js";

const table = killTable();
const model = rulesInProcess("model", modelRules);
const isWhole = process.env["RXSANDBOX_KILL_MATRIX"] === "1";
/** Small enough for every run: each rule meets the check that it must fail. The whole matrix takes minutes. */
const options = { seed: 1, runs: 100, isShrunk: false } as const;

function checkOf(id: string): RuleCheck {
  const check = ruleChecks.find((each) => each.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check;
}

function reasonOf({ finding }: RuleCheckResult): string {
  return `${finding?.clause}/${finding?.invariant}`;
}

function isRed({ status }: RuleCheckResult): boolean {
  return status !== "pass" && status !== "info" && status !== "not-applicable";
}

describe("wrongRules", () => {
  it("are enough, and each is in the table", () => {
    const count = (op: string): number => wrongRules.filter(({ id }) => id.startsWith(`${op}/`)).length;
    expect(count("decode")).toBeGreaterThanOrEqual(12);
    expect(count("infer")).toBeGreaterThanOrEqual(6);
    expect(count("merge")).toBeGreaterThanOrEqual(6);
    expect(wrongRules.filter(({ isConditional }) => isConditional === true).length).toBeGreaterThanOrEqual(8);
    expect(Object.keys(table)).toEqual(wrongRules.map(({ id }) => id));
  });

  it("of which few are blunt", () => {
    const blunt = Object.entries(table).filter(([, { alsoFails }]) => alsoFails.length + 1 > ruleChecks.length / 10);
    expect(blunt.map(([id]) => id).length).toBeLessThanOrEqual(8);
  });

  it.each(wrongRules)("$id: $title", async (wrong: WrongRule) => {
    const { id, fails } = wrong;
    const check = checkOf(fails);
    expect((await runRuleCheck(check, model, options)).status).toBe("pass");
    const result = await runRuleCheck(check, rulesInProcess(id, wrong.rules), options);
    expect([result.status, reasonOf(result)]).toEqual([check.level === "MUST" ? "fail" : "warn", table[id]?.reason]);
  });

  it("every check that binds is failed by a rule of its own, and no two by the same ones", () => {
    const vectors = new Map(
      ruleChecks.filter(({ level }) => level === "MUST" || level === "SHOULD").map(({ id }) => [id, ""]),
    );
    for (const { id, fails } of wrongRules) {
      for (const check of [fails, ...(table[id]?.alsoFails ?? [])]) vectors.set(check, `${vectors.get(check)} ${id}`);
    }
    expect([...vectors].filter(([, vector]) => vector === "")).toEqual([]);
    expect(new Set(vectors.values()).size).toBe(vectors.size);
    expect(vectors.size).toBeGreaterThanOrEqual(45);
  });

  it.each(isWhole ? wrongRules : [])("$id fails nothing but what is declared", { timeout: 120_000 }, async (wrong) => {
    const red: string[] = [];
    for (const check of ruleChecks)
      if (isRed(await runRuleCheck(check, rulesInProcess(wrong.id, wrong.rules), options))) red.push(check.id);
    expect(red).toContain(wrong.fails);
    expect(red.filter((check) => check !== wrong.fails && table[wrong.id]?.alsoFails.includes(check) !== true)).toEqual(
      [],
    );
  });
});
