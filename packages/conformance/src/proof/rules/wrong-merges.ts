import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";
import { mergeModel, type EgressOutcome } from "../../oracles/egress-model.js";
import { counting, keyOf, stored, type Rules } from "./wrong-policy.js";
import type { WrongRule } from "./wrong-rule.js";

type Merge = (policy: WireEgressPolicy, patch: readonly WireEgressRule[], limit: number | undefined) => EgressOutcome;

/** The model with another list of rules where it has one. */
function lists(change: (egress: Rules, policy: WireEgressPolicy, patch: Rules) => Rules): Merge {
  return (policy, patch, limit) => {
    const outcome = mergeModel(policy, patch, limit);
    return "error" in outcome
      ? outcome
      : { policy: { ...outcome.policy, egress: change(outcome.policy.egress ?? [], policy, patch) } };
  };
}

/** The model with another key. */
function keyed(key: (target: string) => string): Merge {
  return (policy, patch, limit) => {
    const outcome = mergeModel(policy, patch, limit);
    if ("error" in outcome) return outcome;
    const all = [...patch, ...stored(policy)];
    return {
      policy: {
        ...outcome.policy,
        egress: all.filter((rule, index) => all.findIndex((other) => key(other.target) === key(rule.target)) === index),
      },
    };
  };
}

/** The model that does not refuse for one reason. */
function accepts(kind: "empty" | "action" | "target" | "limit"): Merge {
  return (policy, patch, limit) => {
    const outcome = mergeModel(policy, patch, limit);
    return "error" in outcome && outcome.error === kind
      ? { policy: { ...policy, egress: [...patch, ...stored(policy)] } }
      : outcome;
  };
}

const merge = (id: string, title: string, check: string, rule: Merge, isConditional = false): WrongRule => ({
  id: `merge/${id}`,
  title,
  ...(isConditional ? { isConditional } : {}),
  fails: `rule/merge/${check}`,
  rules: { merge: rule },
});

/** Merges of egress rules with one fault each. */
export const wrongMerges: readonly WrongRule[] = [
  merge(
    "appends",
    "puts new rules behind the stored ones",
    "front",
    lists((egress, policy) => [
      ...egress.filter((rule) => stored(policy).includes(rule)),
      ...egress.filter((rule) => !stored(policy).includes(rule)),
    ]),
  ),
  merge(
    "reverses-patch",
    "puts the last rule of a patch first",
    "patch-order",
    lists((egress, _, patch) => [
      ...egress.filter((rule) => patch.includes(rule)).reverse(),
      ...egress.filter((rule) => !patch.includes(rule)),
    ]),
  ),
  merge(
    "sorts-untouched",
    "sorts the stored rules",
    "untouched-order",
    lists((egress, _, patch) => [
      ...egress.filter((rule) => patch.includes(rule)),
      ...egress.filter((rule) => !patch.includes(rule)).sort((one, other) => (one.target < other.target ? -1 : 1)),
    ]),
  ),
  merge(
    "keeps-the-stored-action",
    "keeps the stored rule of a target",
    "replace",
    lists((egress, policy) =>
      egress.map((rule) => stored(policy).find((other) => other.target === rule.target) ?? rule),
    ),
  ),
  merge(
    "replaces-in-place",
    "leaves a repeated rule where it is",
    "repeat-moves",
    lists((egress, policy, patch) =>
      patch.every((rule) =>
        stored(policy).some((other) => other.target === rule.target && other.action === rule.action),
      )
        ? stored(policy)
        : egress,
    ),
    true,
  ),
  merge(
    "compares-case",
    "compares targets as they are spelled",
    "case",
    keyed((target) => target),
  ),
  merge(
    "stores-lower-case",
    "stores new targets in lower case",
    "spelling",
    lists((egress, _, patch) => egress.map((rule) => (patch.includes(rule) ? { ...rule, target: keyOf(rule) } : rule))),
  ),
  merge(
    "respells-stored",
    "stores untouched targets in lower case",
    "stored-spelling",
    lists((egress, _, patch) => egress.map((rule) => (patch.includes(rule) ? rule : { ...rule, target: keyOf(rule) }))),
  ),
  merge(
    "last-of-patch-wins",
    "lets the last of equal targets in a patch win",
    "patch-duplicates",
    (policy, patch, limit) => mergeModel(policy, patch.toReversed(), limit) as EgressOutcome,
    true,
  ),
  merge(
    "keeps-stored-duplicates",
    "leaves equal stored targets alone",
    "stored-duplicates",
    lists((_, policy, patch) => {
      const fresh = patch.filter((rule, index) => patch.findIndex((other) => keyOf(other) === keyOf(rule)) === index);
      return [...fresh, ...stored(policy).filter((rule) => !fresh.some((other) => keyOf(other) === keyOf(rule)))];
    }),
    true,
  ),
  merge(
    "the-17th-duplicate",
    "keeps the 17th of equal targets",
    "many-duplicates",
    lists((egress, _, patch) => [
      ...egress,
      ...patch.filter(
        (rule, index) => index === 16 && patch.slice(0, 16).every((other) => keyOf(other) === keyOf(rule)),
      ),
    ]),
    true,
  ),
  merge(
    "ignores-trailing-dot",
    "leaves trailing dots out of the comparison",
    "trailing-dot",
    keyed((target) => target.toLowerCase().replace(/\.$/, "")),
    true,
  ),
  merge(
    "ignores-wildcard",
    "takes a wildcard and its name for one target",
    "wildcard",
    keyed((target) => target.toLowerCase().replace(/^\*\./, "")),
    true,
  ),
  merge(
    "reads-addresses",
    "compares addresses by value",
    "addresses",
    keyed((target) =>
      target
        .toLowerCase()
        .replace(/^10\.0\.0\.1\/8$/, "10.0.0.0/8")
        .replace(/\/32$/, "")
        .replace("010.", "10.")
        .replace("0:0:0:0:0:0:0:1", "::1")
        .replace(":0db8:", ":db8:"),
    ),
    true,
  ),
  merge(
    "denies-by-default",
    "sets the default action to deny",
    "default-action",
    (policy, patch, limit) => mergeModel({ ...policy, defaultAction: "deny" }, patch, limit),
    true,
  ),
  merge(
    "null-is-an-error",
    "does not know null and absent rules",
    "no-rules",
    (policy, patch, limit) =>
      policy.egress === undefined || policy.egress === null ? { error: "target" } : mergeModel(policy, patch, limit),
    true,
  ),
  merge("takes-an-empty-patch", "takes an empty patch for nothing to do", "empty-patch", accepts("empty")),
  merge("takes-any-action", "takes any action", "bad-action", accepts("action")),
  merge("takes-an-empty-target", "takes an empty target", "blank-target", accepts("target")),
  merge("no-limit-at-all", "knows no limit", "limit", accepts("limit")),
  merge(
    "below-the-limit",
    "refuses as many rules as the limit",
    "at-the-limit",
    (policy, patch, limit = 0) => {
      const outcome = mergeModel(policy, patch);
      return limit > 0 && "policy" in outcome && (outcome.policy.egress ?? []).length >= limit
        ? { error: "limit" }
        : outcome;
    },
    true,
  ),
  merge(
    "counts-what-comes",
    "counts stored and incoming rules",
    "limit-counts-merged",
    (policy, patch, limit = 0) =>
      limit > 0 && patch.length > 0 && stored(policy).length + patch.length > limit
        ? { error: "limit" }
        : mergeModel(policy, patch, limit),
    true,
  ),
  merge(
    "zero-is-a-limit",
    "takes a limit of 0 for a limit",
    "no-limit",
    (policy, patch, limit) => (limit === 0 ? { error: "limit" } : mergeModel(policy, patch, limit)),
    true,
  ),
  merge(
    "256-rules",
    "keeps 256 rules",
    "many-rules",
    lists((egress) => egress.slice(0, 256)),
    true,
  ),
  merge(
    "adds-again",
    "adds a rule that is there already when the patch has one rule that is the first",
    "idempotent",
    lists((egress, policy, patch) =>
      patch.length === 1 && stored(policy)[0]?.target === patch[0]?.target ? [...egress, ...patch] : egress,
    ),
    true,
  ),
  {
    id: "merge/one-in-50",
    title: "loses a rule in one of 50 answers",
    isConditional: true,
    fails: "rule/merge/stateless",
    get rules() {
      return { merge: counting(mergeModel) };
    },
  },
];
