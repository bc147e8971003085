import type { Check } from "../model/check.js";
import type { CheckContext } from "../model/check-context.js";
import { Violation } from "../model/outcome.js";
import { endsInCr, splitsCharacter } from "../rules/checks/cutters.js";
import { ruleChecks } from "../rules/checks/rule-checks.js";
import { readAnswer } from "../rules/read-answer.js";
import type { RuleCase, RuleCheck } from "../rules/rule-check.js";
import { RuleFault } from "../rules/rule-fault.js";
import type { RuleAnswer } from "../rules/rule-port.js";

const runs = { quick: 100, standard: 1000, full: 5000 } as const;

/** The checks of parsers, inferences and policy rules, behind the rule port or in process. */
export const ruleSubjectChecks: readonly Check[] = ruleChecks.map(asCheck);

function asCheck(check: RuleCheck): Check {
  const { id, title, clause, level, op, cases, controls, shares = {}, maxRuns = Number.POSITIVE_INFINITY } = check;
  return {
    id,
    title,
    clauses: [clause],
    level,
    part: "rule",
    group: "rules",
    capability: op,
    depth: "quick",
    isProperty: true,
    run: async (context) => {
      const answers = new Set<string>();
      const judge = async (each: RuleCase): Promise<void> => judgeCase(context, check, each, answers);
      for (const control of controls) await judge(control);
      await context.property({
        arbitrary: cases,
        runs: {
          quick: Math.min(runs.quick, maxRuns),
          standard: Math.min(runs.standard, maxRuns),
          full: Math.min(runs.full, maxRuns),
        },
        classes: classesOf,
        shares,
        test: judge,
      });
      context.positive("every case was answered as it was made");
      if (answers.size > 1) context.negative(`${answers.size} different answers`);
    },
  };
}

async function judgeCase(
  context: CheckContext,
  { clause }: RuleCheck,
  { requests, judge }: RuleCase,
  seen: Set<string>,
): Promise<void> {
  const answers: RuleAnswer[] = [];
  for (const request of requests) {
    const raw = await context.rule.ask({ ...request }).catch((error: unknown) => {
      if (!(error instanceof RuleFault) || error.kind === "fault") throw error;
      throw new Violation({ reason: { clause, invariant: "hang" }, expected: "an answer", observed: error.message });
    });
    answers.push(readAnswer(request.op, raw));
    if (seen.size < 2) seen.add(JSON.stringify(answers.at(-1)));
  }
  const [finding] = judge(answers);
  if (finding === undefined) return;
  const { clause: blamed, invariant, expected, observed } = finding;
  throw new Violation({ reason: { clause: blamed, invariant }, expected, observed });
}

/** Classes of the chunk borders of a case that is cut at all. */
function classesOf({ requests }: RuleCase): readonly string[] {
  const bodies = requests.flatMap((request) =>
    request.op === "decode" ? [request.chunks.map((chunk) => Buffer.from(chunk, "base64"))] : [],
  );
  return [
    ...(bodies.some((chunks) => chunks.length > 1) ? ["cut"] : []),
    ...(bodies.some(splitsCharacter) ? ["split inside a character"] : []),
    ...(bodies.some(endsInCr) ? ["CR at a chunk end"] : []),
  ];
}
