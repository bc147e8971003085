import fc from "fast-check";
import { judgeEgress } from "../../oracles/egress-oracle.js";
import { type EgressOutcome, mergeModel, removeModel } from "../../oracles/egress-model.js";
import { statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { ownRules, policyOf, storedRules } from "./own-rules.js";

const NAMES = ["a", "A", "b", "B", "*.b", "c.b", "C.b", "d-1", "*.d-1", "e"] as const;

type Rule = readonly ["allow" | "deny" | "other", (typeof NAMES)[number]];
type Step = { readonly patch: readonly Rule[] } | { readonly remove: readonly (typeof NAMES)[number][] };

const name = fc.constantFrom(...NAMES);
const action = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom("allow" as const, "deny" as const) },
  { weight: 1, arbitrary: fc.constant("other" as const) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      patch: fc.array<Rule>(fc.tuple(action, name), { maxLength: 5 }).map(withoutHiddenRefusals),
    }),
  },
  { weight: 1, arbitrary: fc.record({ remove: fc.array(name, { maxLength: 3 }) }) },
);

/**
 * Leaves out bad rules whose target an earlier rule of the patch has: whether a server looks at them before it drops
 * them is its choice.
 */
function withoutHiddenRefusals(patch: readonly Rule[]): readonly Rule[] {
  return patch.filter(
    ([kind, target], at) =>
      kind !== "other" || !patch.slice(0, at).some(([, earlier]) => earlier.toLowerCase() === target.toLowerCase()),
  );
}

/** Sequences of changes against the model of the merge (`egress.md` 3.3, 3.4). */
export const policySequenceChecks = checkTopic(
  { part: "egress", topic: "policy-sequence", group: "policy", capability: "egress" },
  {
    model: {
      title: "any sequence of patches and removals leaves the rules that the merge gives",
      clauses: ["egress.sequence"],
      isProperty: true,
      async run(context) {
        await context.property({
          arbitrary: context.size(
            fc.array(step, { minLength: 2, maxLength: 6 }),
            fc.array(step, { minLength: 2, maxLength: 12 }),
            fc.array(step, { minLength: 2, maxLength: 30 }),
          ),
          runs: { quick: 3, standard: 8, full: 40 },
          classes: (steps) => [
            ...(steps.some((one) => "remove" in one && one.remove.length > 0) ? ["removes"] : []),
            ...(steps.some(
              (one) =>
                "patch" in one && new Set(one.patch.map(([, target]) => target.toLowerCase())).size < one.patch.length,
            )
              ? ["duplicates"]
              : []),
          ],
          async test(steps) {
            const own = await ownRules(context);
            const rules = async (): Promise<{
              readonly defaultAction: string;
              readonly egress: { action: string; target: string }[];
            }> => {
              const policy = policyOf(await own.egress.call({ method: "GET", path: "/policy" }));
              const all = Array.isArray(policy.egress)
                ? (policy.egress as readonly { action: string; target: string }[])
                : [];
              return {
                defaultAction: String(policy.defaultAction),
                egress: all.filter(({ target }) => target.toLowerCase().includes(own.target("").toLowerCase())),
              };
            };
            let expected = await rules();
            for (const one of steps) {
              const [answer, outcome] =
                "patch" in one
                  ? await (async (patch) => [await own.patch(patch), mergeModel(expected, patch)] as const)(
                      one.patch.map(([action, target]) => ({ action, target: own.target(target) })),
                    )
                  : await (async (targets) => [await own.remove(targets), removeModel(expected, targets)] as const)(
                      one.remove.map(own.target),
                    );
              context.must(statusOf(answer) === ("error" in outcome ? 400 : 200), {
                invariant: "error" in outcome ? "refusal" : "accepted",
                expected: outcome,
                observed: statusOf(answer),
              });
              if ("policy" in outcome)
                expected = { defaultAction: outcome.policy.defaultAction, egress: [...(outcome.policy.egress ?? [])] };
              const observed: EgressOutcome = { policy: await rules() };
              const found = judgeEgress("egress.sequence", { policy: expected }, observed)[0];
              context.must(found === undefined, {
                invariant: found?.invariant ?? "rules",
                expected: found?.expected,
                observed: found?.observed,
              });
            }
            await own.remove(NAMES.map(own.target));
            context.must((await rules()).egress.length === 0, {
              invariant: "all-removed",
              expected: [],
              observed: (await rules()).egress,
            });
          },
        });
        context.positive("every policy was the model's");
        const own = await ownRules(context);
        await own.add("allow one");
        context.must((await storedRules(own.egress)).length > 0 && (await own.read()).length === 1, {
          invariant: "rules",
          expected: own.spelled("allow one"),
          observed: await own.read(),
        });
        context.negative("refused changes left it alone, and each case began without rules of its own");
      },
    },
  },
);
