import fc from "fast-check";
import type { RuleCase, RuleCheck } from "../rule-check.js";
import type { RuleOp, RuleRequest } from "../rule-port.js";

/**
 * Makes the check that a rule keeps nothing between requests: requests of other checks are asked in one order, then in
 * another, under ids that come again. A request has to get the same answer each time, right or wrong: that is for the
 * other checks to say.
 */
export function statelessCheck(op: RuleOp, checks: readonly RuleCheck[]): RuleCheck {
  const own = checks.filter((check) => check.op === op && check.level === "MUST" && check.maxRuns === undefined);
  const [first] = own;
  if (first === undefined) throw new Error(`no checks of ${op}`);
  const clause = `rule.${op}.stateless`;
  const requests = fc.oneof(...own.map(({ cases }) => cases.map((each) => each.requests[0] as RuleRequest)));
  const several = fc.tuple(
    fc.array(requests, { minLength: 2, maxLength: 4 }),
    fc.array(fc.nat({ max: 999 }), { minLength: 4, maxLength: 8 }),
  );
  return {
    id: `rule/${op}/stateless`,
    title: "an answer does not depend on what was asked before, nor on the id",
    clause,
    level: "MUST",
    op,
    controls: first.controls,
    cases: several.map(([asked, again]) => twice(clause, asked, again)),
  };
}

/**
 * Asks each of the requests, then some of them again in another order. Ids repeat with a shorter period than requests.
 */
function twice(clause: string, asked: readonly RuleRequest[], again: readonly number[]): RuleCase {
  const order = [...asked.keys(), ...again.map((number) => number % asked.length)];
  return {
    requests: order.map((which, index) => ({
      ...(asked[which] as RuleRequest),
      id: 1 + (index % Math.max(1, asked.length - 1)),
    })),
    judge: (answers) => {
      const texts = answers.map((answer) => JSON.stringify(answer));
      const differs = order.findIndex((which, index) => texts[index] !== texts[which]);
      if (differs === -1) return [];
      const first = order[differs] ?? 0;
      return [
        {
          clause,
          invariant: "state",
          level: "MUST",
          expected: answers[first],
          observed: answers[differs],
          at: `request ${differs + 1}`,
        },
      ];
    },
  };
}
