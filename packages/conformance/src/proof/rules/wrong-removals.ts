import type { WireEgressPolicy } from "@rxsandbox/protocol";
import { removeModel, type EgressOutcome } from "../../oracles/egress-model.js";
import { counting, keyOf, stored, type Rules } from "./wrong-policy.js";
import type { WrongRule } from "./wrong-rule.js";

type Remove = (policy: WireEgressPolicy, targets: readonly string[]) => EgressOutcome;

/** The model of removal with another policy where it has one. */
function removes(change: (egress: Rules, policy: WireEgressPolicy, targets: readonly string[]) => Rules): Remove {
  return (policy, targets) => {
    const outcome = removeModel(policy, targets);
    return "error" in outcome
      ? outcome
      : { policy: { ...outcome.policy, egress: change(outcome.policy.egress ?? [], policy, targets) } };
  };
}

/** Removal by another comparison of a rule's target and the named targets. */
function matching(isGone: (target: string, named: readonly string[]) => boolean): Remove {
  return removes((_, policy, targets) => stored(policy).filter(({ target }) => !isGone(target, targets)));
}

const remove = (id: string, title: string, check: string, rule: Remove, isConditional = false): WrongRule => ({
  id: `remove/${id}`,
  title,
  ...(isConditional ? { isConditional } : {}),
  fails: `rule/remove/${check}`,
  rules: { remove: rule },
});

/** Removals of egress rules with one fault each. */
export const wrongRemovals: readonly WrongRule[] = [
  remove(
    "reverses",
    "turns the rules around",
    "order",
    removes((egress) => egress.toReversed()),
  ),
  remove(
    "first-target-only",
    "removes the first named target",
    "several",
    (policy, targets) => removeModel(policy, targets.slice(0, 1)),
    true,
  ),
  remove(
    "first-rule-only",
    "removes one rule of a target",
    "duplicates",
    removes((_, policy, targets) => {
      const named = targets.map((target) => target.trim().toLowerCase());
      const seen = new Set<string>();
      return stored(policy).filter((rule) => {
        if (!named.includes(keyOf(rule)) || seen.has(keyOf(rule))) return true;
        seen.add(keyOf(rule));
        return false;
      });
    }),
    true,
  ),
  remove(
    "compares-case-of-request",
    "compares the named target as it is spelled",
    "case-of-request",
    matching((target, named) => named.includes(target.toLowerCase())),
    true,
  ),
  remove(
    "compares-case-of-stored",
    "compares the stored target as it is spelled",
    "case-of-stored",
    matching((target, named) => named.map((name) => name.toLowerCase()).includes(target)),
    true,
  ),
  remove(
    "respells",
    "stores what stays in lower case",
    "stored-spelling",
    removes((egress) => egress.map((rule) => ({ ...rule, target: keyOf(rule) }))),
    true,
  ),
  remove(
    "unknown-is-an-error",
    "refuses a target that no rule has, beside one that is there",
    "unknown",
    (policy, targets) =>
      targets.length > 1 &&
      targets.some((name) => !stored(policy).some((rule) => keyOf(rule) === name.trim().toLowerCase()))
        ? { error: "target" }
        : removeModel(policy, targets),
    true,
  ),
  remove(
    "nothing-removed-is-an-error",
    "refuses when nothing was removed",
    "only-unknown",
    (policy, targets) => {
      const outcome = removeModel(policy, targets);
      return "policy" in outcome &&
        stored(policy).length > 0 &&
        (outcome.policy.egress ?? []).length === stored(policy).length
        ? { error: "empty" }
        : outcome;
    },
    true,
  ),
  remove(
    "wildcard-removes-below",
    "lets a wildcard remove what it matches",
    "wildcard",
    matching((target, named) =>
      named.some(
        (name) =>
          target.toLowerCase() === name.toLowerCase() || (name.startsWith("*.") && target.endsWith(name.slice(1))),
      ),
    ),
    true,
  ),
  remove(
    "name-removes-below",
    "lets a name remove what is below it",
    "name",
    matching((target, named) =>
      named.some((name) => target.toLowerCase() === name.toLowerCase() || target.endsWith(`.${name}`)),
    ),
    true,
  ),
  remove(
    "empty-policy-allows",
    "allows by default when no rule is left",
    "default-action",
    (policy, targets) => {
      const outcome = removeModel(policy, targets);
      return "policy" in outcome && stored(policy).length > 0 && outcome.policy.egress?.length === 0
        ? { policy: { ...outcome.policy, defaultAction: "allow" } }
        : outcome;
    },
    true,
  ),
  remove(
    "null-is-an-error",
    "does not know null and absent rules",
    "no-rules",
    (policy, targets) =>
      policy.egress === undefined || policy.egress === null ? { error: "empty" } : removeModel(policy, targets),
    true,
  ),
  remove("takes-no-targets", "takes an empty list for nothing to do", "empty", (policy, targets) =>
    targets.length === 0 ? { policy } : removeModel(policy, targets),
  ),
  {
    id: "remove/one-in-50",
    title: "loses a rule in one of 50 answers",
    isConditional: true,
    fails: "rule/remove/stateless",
    get rules() {
      return { remove: counting(removeModel) };
    },
  },
];
