import { describe, expect, it } from "vitest";
import { ruleChecks } from "./checks/rule-checks.js";
import { modelRules } from "./model-rules.js";
import { RuleFault } from "./rule-fault.js";
import { rulesInProcess } from "./rules-in-process.js";
import { runRuleCheck, runRuleChecks } from "./run-rule-checks.js";

const model = rulesInProcess("model", modelRules);
const plain = ruleChecks.filter(({ id }) =>
  ["rule/infer/number", "rule/decode/any-stream", "rule/merge/front"].includes(id),
);

describe("runRuleChecks", () => {
  it("passes the model everywhere, on cases that differ and that are cut where parsers break", async () => {
    const results = await runRuleChecks(model, { seed: 1, runs: 40 });
    expect(results.filter(({ status }) => status !== "pass")).toEqual([]);
    expect(results.length).toBe(ruleChecks.length);
    const stream = results.find(({ id }) => id === "rule/decode/any-stream");
    expect((stream?.classes.splitsCharacter ?? 0) / (stream?.cases ?? 1)).toBeGreaterThanOrEqual(0.1);
    expect((stream?.classes.endsInCr ?? 0) / (stream?.cases ?? 1)).toBeGreaterThanOrEqual(0.05);
    const sum = (of: (result: (typeof results)[number]) => number): number =>
      results.filter(({ id }) => id.startsWith("rule/decode/")).reduce((total, result) => total + of(result), 0);
    expect(sum(({ classes }) => classes.splitsCharacter) / sum(({ classes }) => classes.cut)).toBeGreaterThanOrEqual(
      0.1,
    );
    expect(sum(({ classes }) => classes.endsInCr) / sum(({ classes }) => classes.cut)).toBeGreaterThanOrEqual(0.05);
    expect(
      results.filter(({ cases, distinct }) => distinct >= 0.9 * cases && cases >= 40).length,
    ).toBeGreaterThanOrEqual(45);
  });

  it("asks the same for the same seed, and something else for another", async () => {
    const asked = async (seed: number): Promise<readonly string[]> => {
      const seen: string[] = [];
      const subject = {
        ...model,
        ask: async (request: Readonly<Record<string, unknown>>) => (
          seen.push(JSON.stringify(request)),
          model.ask(request)
        ),
      };
      for (const check of plain) await runRuleCheck(check, subject, { seed, runs: 20 });
      return seen;
    };
    const first = await asked(7);
    expect(await asked(7)).toEqual(first);
    expect(await asked(8)).not.toEqual(first);
  });

  it("takes ops that are not offered for not applicable, and only the filtered checks", async () => {
    const results = await runRuleChecks(rulesInProcess("infer only", { infer: modelRules.infer }), {
      seed: 1,
      runs: 5,
      filter: "rule/merge/",
    });
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["not-applicable"]));
    expect(results.every(({ id }) => id.startsWith("rule/merge/"))).toBe(true);
  });
});

describe("runRuleCheck", () => {
  it("reports the smallest case that it finds", async () => {
    const [check] = ruleChecks.filter(({ id }) => id === "rule/infer/above-127");
    const signed = rulesInProcess("signed", {
      infer: ({ error }) => (error === null ? 0 : (Number(error.value) << 24) >> 24),
    });
    const result = await runRuleCheck(check as NonNullable<typeof check>, signed, { seed: 1 });
    expect(result).toMatchObject({
      status: "fail",
      finding: { clause: "rule.infer.number", invariant: "wrong-code", expected: 128, observed: -128 },
    });
    expect(result.requests).toEqual([
      { op: "infer", execution: { error: { name: "CommandExecError", value: "128", traceback: [] }, complete: null } },
    ]);
  });

  it("takes a crash for an error of the harness, silence for a fault of the rule, and asks no more after either", async () => {
    const [check] = plain as [(typeof plain)[number]];
    for (const [kind, status] of [
      ["fault", "error"],
      ["hang", "fail"],
    ] as const) {
      let asked = 0;
      const subject = {
        ...model,
        ask: async () => {
          asked++;
          throw new RuleFault(kind, "gone");
        },
      };
      const result = await runRuleCheck(check, subject, { seed: 1 });
      expect([result.status, asked]).toEqual([status, 1]);
      if (kind === "hang") expect(result.finding?.invariant).toBe("hang");
    }
  });

  it("takes an answer of another shape for an error, a refusal for a judged result", async () => {
    const [check] = ruleChecks.filter(({ id }) => id === "rule/decode/bare") as [(typeof ruleChecks)[number]];
    const answering = (answer: Readonly<Record<string, unknown>>): typeof model => ({
      ...model,
      ask: async () => answer,
    });
    expect((await runRuleCheck(check, answering({ exitCode: 0 }), { seed: 1 })).status).toBe("error");
    expect((await runRuleCheck(check, answering({ items: [{}], ended: "complete" }), { seed: 1 })).status).toBe(
      "error",
    );
    expect((await runRuleCheck(check, answering({ fault: "unsupported" }), { seed: 1 })).status).toBe("error");
    expect(await runRuleCheck(check, answering({ refused: "no" }), { seed: 1 })).toMatchObject({
      status: "fail",
      finding: { invariant: "refused" },
    });
  });
});
