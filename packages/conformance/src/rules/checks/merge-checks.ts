import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";
import fc from "fast-check";
import { judgeEgress } from "../../oracles/egress-oracle.js";
import type { Level } from "../../model/check.js";
import type { RuleCase, RuleCheck } from "../rule-check.js";
import { mergeCase, type Merge, type RulesView } from "./egress-case.js";
import { action, distinctHosts, distinctRules, otherCase, policyWith, rule } from "./policies.js";

/** A rule that stays and one that comes: who gives back the policy, or the patch, passes nothing. */
const control = (clause: string): RuleCase =>
  mergeCase(
    clause,
    {
      policy: { defaultAction: "deny", egress: [rule("allow", "kept.example")] },
      patch: [rule("allow", "new.example")],
    },
    "set",
  );

function mergeCheck(
  claim: string,
  name: string,
  title: string,
  view: RulesView,
  cases: fc.Arbitrary<Merge>,
  level: Level = "MUST",
  maxRuns?: number,
): RuleCheck {
  const clause = `rule.merge.${claim}`;
  return {
    id: `rule/merge/${name}`,
    title,
    clause,
    level,
    op: "merge",
    cases: cases.map((merge) => mergeCase(clause, merge, view, level)),
    controls: [control(clause)],
    ...(maxRuns === undefined ? {} : { maxRuns }),
  };
}

const merges = (
  stored: fc.Arbitrary<WireEgressPolicy>,
  patch: fc.Arbitrary<readonly WireEgressRule[]>,
): fc.Arbitrary<Merge> => fc.record({ policy: stored, patch });

/** Stored rules and a patch that share no target. */
const apart: fc.Arbitrary<Merge> = fc
  .tuple(distinctRules(2, 8), fc.constantFrom("allow", "deny"))
  .map(([rules, defaultAction]) => ({ policy: { defaultAction, egress: rules.slice(1) }, patch: rules.slice(0, 1) }));

/** Stored rules of which some come again: `spell` says how. */
function again(
  spell: (stored: WireEgressRule) => fc.Arbitrary<WireEgressRule>,
  view: RulesView,
  claim: string,
  name: string,
  title: string,
): RuleCheck {
  const cases = distinctRules(2, 6).chain((rules) =>
    fc.tuple(fc.constant(rules), spell(rules.at(-1) as WireEgressRule)),
  );
  return mergeCheck(
    claim,
    name,
    title,
    view,
    cases.map(([rules, patched]) => ({ policy: policyWith(rules), patch: [patched] })),
  );
}

const flipped = ({ action: stored, target }: WireEgressRule): WireEgressRule =>
  rule(stored === "allow" ? "deny" : "allow", target);

const idempotent = "rule.merge.idempotent";

/** Two merges in a row, the second with what the first gave. */
function twice(merge: Merge): RuleCase {
  const first = mergeCase(idempotent, merge, "list");
  const [request] = first.requests;
  const outcome = (first.requests[0] as { readonly patch: readonly WireEgressRule[] }).patch;
  const merged: WireEgressPolicy = {
    ...merge.policy,
    egress: [
      ...outcome,
      ...(merge.policy.egress ?? []).filter(
        ({ target }) => !outcome.some((patched) => patched.target.toLowerCase() === target.toLowerCase()),
      ),
    ],
  };
  return {
    requests: [request as NonNullable<typeof request>, { op: "merge", policy: merged, patch: merge.patch }],
    judge: ([, second]) =>
      second !== undefined && ("policy" in second || "error" in second)
        ? judgeEgress(idempotent, { policy: merged }, second)
        : [{ clause: idempotent, invariant: "refused", level: "MUST", expected: "a policy", observed: second ?? null }],
  };
}

/** What merging rules into a policy has to give, in the domain where servers agree (`egress.md` 3.3). */
export const mergeChecks: readonly RuleCheck[] = [
  mergeCheck("order", "front", "new rules come before the stored ones", "list", apart),
  mergeCheck(
    "order",
    "patch-order",
    "rules of a patch keep their order",
    "list",
    distinctRules(2, 6).map((rules) => ({ policy: policyWith([]), patch: rules })),
  ),
  mergeCheck(
    "order",
    "untouched-order",
    "untouched rules keep their order",
    "list",
    fc.tuple(distinctRules(3, 10)).map(([rules]) => ({ policy: policyWith(rules.slice(1)), patch: rules.slice(0, 1) })),
  ),
  again(
    (stored) => fc.constant(flipped(stored)),
    "set",
    "key",
    "replace",
    "a rule for a stored target replaces the stored one",
  ),
  again((stored) => fc.constant(stored), "list", "order", "repeat-moves", "a rule that is repeated moves to the front"),
  again(
    ({ target }) => fc.tuple(action, otherCase(target)).map(([act, spelled]) => rule(act, spelled)),
    "set",
    "key",
    "case",
    "targets are compared in lower case, and the new spelling is stored",
  ),
  mergeCheck(
    "key",
    "spelling",
    "a new target is stored as it is spelled",
    "set",
    fc
      .tuple(distinctRules(2, 4), fc.constantFrom("New.Example", "NEW.EXAMPLE", "*.New.example"))
      .map(([rules, target]) => ({ policy: policyWith(rules), patch: [rule("allow", target)] })),
  ),
  mergeCheck(
    "key",
    "stored-spelling",
    "untouched targets keep their spelling",
    "set",
    fc
      .tuple(fc.constantFrom("Old.Example", "OLD.example", "*.Old.Example"), distinctRules(1, 3))
      .map(([target, rules]) => ({
        policy: policyWith([rule("allow", target), ...rules]),
        patch: [rule("allow", "new.example")],
      })),
  ),
  mergeCheck(
    "duplicates",
    "patch-duplicates",
    "the first of equal targets in a patch wins",
    "set",
    fc.tuple(distinctHosts(2, 3), action).chain(([hosts, act]) =>
      otherCase(hosts[0] ?? "").map((spelled) => ({
        policy: policyWith([rule("allow", hosts[1] ?? "")]),
        patch: [rule(act, hosts[0] ?? ""), rule(act === "allow" ? "deny" : "allow", spelled)],
      })),
    ),
  ),
  mergeCheck(
    "duplicates",
    "stored-duplicates",
    "the first of equal stored targets survives",
    "set",
    fc.tuple(distinctHosts(2, 3), action).chain(([hosts, act]) =>
      otherCase(hosts[0] ?? "").map((spelled) => ({
        policy: policyWith([rule(act, hosts[0] ?? ""), rule(act === "allow" ? "deny" : "allow", spelled)]),
        patch: [rule("allow", hosts[1] ?? "")],
      })),
    ),
  ),
  mergeCheck(
    "duplicates",
    "many-duplicates",
    "any number of equal targets is one rule",
    "set",
    fc.tuple(fc.integer({ min: 17, max: 40 }), distinctHosts(2, 2)).map(([times, hosts]) => ({
      policy: policyWith([rule("allow", hosts[1] ?? "")]),
      patch: Array.from({ length: times }, (_, index) => rule(index === 0 ? "allow" : "deny", hosts[0] ?? "")),
    })),
  ),
  mergeCheck(
    "key",
    "trailing-dot",
    "a trailing dot makes another target",
    "set",
    distinctHosts(1, 3).map((hosts) => ({
      policy: policyWith(hosts.map((host) => rule("allow", host))),
      patch: [rule("deny", `${hosts[0]}.`)],
    })),
  ),
  mergeCheck(
    "key",
    "wildcard",
    "a wildcard and its name are two targets",
    "set",
    fc.tuple(distinctHosts(1, 3), fc.boolean()).map(([hosts, isStored]) => {
      const [star, name] = [rule("deny", `*.${hosts[0]}`), rule("allow", hosts[0] ?? "")];
      return {
        policy: policyWith([isStored ? star : name, rule("allow", "kept.example")]),
        patch: [isStored ? name : star],
      };
    }),
  ),
  mergeCheck(
    "key",
    "addresses",
    "addresses are compared as text",
    "set",
    fc
      .tuple(
        fc.constantFrom(
          ["10.0.0.0/8", "10.0.0.1/8"],
          ["10.0.0.1", "10.0.0.1/32"],
          ["::1", "0:0:0:0:0:0:0:1"],
          ["2001:db8::1", "2001:0db8::1"],
          ["10.0.0.1", "010.0.0.1"],
        ),
        distinctRules(1, 3),
      )
      .map(([[one = "", other = ""], rules]) => ({
        policy: policyWith([rule("allow", one), ...rules]),
        patch: [rule("deny", other)],
      })),
  ),
  mergeCheck(
    "default",
    "default-action",
    "the default action stays",
    "set",
    fc.tuple(distinctRules(2, 4), fc.constantFrom("allow", "deny")).map(([rules, defaultAction]) => ({
      policy: { defaultAction, egress: rules.slice(1) },
      patch: rules.slice(0, 1),
    })),
  ),
  mergeCheck(
    "default",
    "no-rules",
    "absent, null and no rules are the same",
    "set",
    fc
      .tuple(distinctRules(1, 3), fc.constantFrom({}, { egress: null }, { egress: [] }))
      .map(([patch, rules]) => ({ policy: { defaultAction: "deny", ...rules }, patch })),
  ),
  mergeCheck(
    "empty",
    "empty-patch",
    "an empty patch is an error",
    "set",
    distinctRules(0, 4).map((rules) => ({ policy: policyWith(rules), patch: [] })),
  ),
  mergeCheck(
    "invalid",
    "bad-action",
    "an action that is neither allow nor deny is an error",
    "set",
    fc.tuple(distinctRules(1, 4), fc.constantFrom("block", "reject", "permit", "allowed", "x")).map(([rules, bad]) => ({
      policy: policyWith(rules.slice(1)),
      patch: [rule("allow", "new.example"), rule(bad, rules[0]?.target ?? "")],
    })),
  ),
  mergeCheck(
    "invalid",
    "blank-target",
    "an empty target is an error",
    "set",
    distinctRules(0, 3).map((rules) => ({
      policy: policyWith(rules),
      patch: [rule("allow", "new.example"), rule("allow", "")],
    })),
  ),
  mergeCheck(
    "limit",
    "limit",
    "more merged rules than the limit are an error",
    "set",
    distinctRules(2, 8).map((rules) => ({
      policy: policyWith(rules.slice(1)),
      patch: rules.slice(0, 1),
      limit: rules.length - 1,
    })),
  ),
  mergeCheck(
    "limit",
    "at-the-limit",
    "as many merged rules as the limit are none",
    "set",
    distinctRules(2, 8).map((rules) => ({
      policy: policyWith(rules.slice(1)),
      patch: rules.slice(0, 1),
      limit: rules.length,
    })),
  ),
  mergeCheck(
    "limit",
    "limit-counts-merged",
    "the limit counts the merged list, not what comes in",
    "set",
    distinctRules(1, 8).map((rules) => ({ policy: policyWith(rules), patch: rules.map(flipped), limit: rules.length })),
  ),
  mergeCheck(
    "limit",
    "no-limit",
    "a limit of 0 means no limit",
    "set",
    distinctRules(2, 8).map((rules) => ({ policy: policyWith(rules.slice(1)), patch: rules.slice(0, 1), limit: 0 })),
  ),
  mergeCheck(
    "order",
    "many-rules",
    "any number of rules is merged",
    "list",
    fc.integer({ min: 257, max: 600 }).map((count) => ({
      policy: policyWith(Array.from({ length: count }, (_, index) => rule("allow", `h${index}.example`))),
      patch: [rule("deny", "h5.example"), rule("allow", "new.example")],
    })),
    "MUST",
    20,
  ),
  {
    id: "rule/merge/idempotent",
    title: "merging the same patch again changes nothing",
    clause: idempotent,
    level: "MUST",
    op: "merge",
    cases: distinctRules(2, 8).map((rules) =>
      twice({ policy: policyWith(rules.slice(1)), patch: [rules[0] as WireEgressRule] }),
    ),
    controls: [control(idempotent)],
  },
  mergeCheck(
    "open-readings",
    "padding",
    "a padded target is another target, or not",
    "set",
    merges(
      distinctRules(1, 3).map((rules) => policyWith([...rules, rule("allow", "a.example")])),
      fc.constantFrom([rule("deny", " a.example")], [rule("deny", "a.example ")]),
    ),
    "disputed",
  ),
  mergeCheck(
    "open-readings",
    "missing-action",
    "a rule without action denies, or is an error",
    "set",
    merges(
      distinctRules(1, 3).map(policyWith),
      distinctHosts(1, 1).map(([target = ""]) => [{ target } as unknown as WireEgressRule]),
    ),
    "disputed",
  ),
  mergeCheck(
    "open-readings",
    "unicode",
    "names beyond ASCII are compared somehow",
    "set",
    merges(
      distinctRules(1, 3).map((rules) => policyWith([...rules, rule("allow", "bücher.example")])),
      fc.constantFrom([rule("deny", "BÜCHER.example")], [rule("deny", "xn--bcher-kva.example")]),
    ),
    "disputed",
  ),
];
