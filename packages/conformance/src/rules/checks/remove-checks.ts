import type { WireEgressPolicy } from "@rxsandbox/protocol";
import fc from "fast-check";
import type { Level } from "../../model/check.js";
import type { RuleCase, RuleCheck } from "../rule-check.js";
import { removeCase, type RulesView } from "./egress-case.js";
import { distinctHosts, distinctRules, otherCase, policyWith, rule } from "./policies.js";

/** A rule that goes and one that stays: who gives back the policy, or nothing, passes nothing. */
const control = (clause: string): RuleCase =>
  removeCase(
    clause,
    policyWith([rule("allow", "gone.example"), rule("allow", "kept.example")]),
    ["gone.example"],
    "set",
  );

interface Removal {
  readonly policy: WireEgressPolicy;
  readonly targets: readonly string[];
}

function removeCheck(
  claim: string,
  name: string,
  title: string,
  view: RulesView,
  cases: fc.Arbitrary<Removal>,
  level: Level = "MUST",
): RuleCheck {
  const clause = `rule.remove.${claim}`;
  return {
    id: `rule/remove/${name}`,
    title,
    clause,
    level,
    op: "remove",
    cases: cases.map(({ policy, targets }) => removeCase(clause, policy, targets, view, level)),
    controls: [control(clause)],
  };
}

/** What removing targets from a policy has to give (`egress.md` 3.4). */
export const removeChecks: readonly RuleCheck[] = [
  removeCheck(
    "rules",
    "order",
    "the rules that stay keep their order",
    "list",
    distinctRules(3, 9).map((rules) => ({ policy: policyWith(rules), targets: [rules[1]?.target ?? ""] })),
  ),
  removeCheck(
    "rules",
    "several",
    "every named target goes",
    "set",
    distinctRules(3, 9).map((rules) => ({
      policy: policyWith(rules),
      targets: rules.slice(1).map(({ target }) => target),
    })),
  ),
  removeCheck(
    "rules",
    "duplicates",
    "all rules of a target go, allow and deny",
    "set",
    distinctHosts(2, 3).map((hosts) => ({
      policy: policyWith([rule("allow", hosts[0] ?? ""), rule("allow", hosts[1] ?? ""), rule("deny", hosts[0] ?? "")]),
      targets: [hosts[0] ?? ""],
    })),
  ),
  removeCheck(
    "rules",
    "case-of-request",
    "the case of a named target does not matter",
    "set",
    distinctHosts(2, 4).chain((hosts) =>
      otherCase(hosts[0] ?? "").map((spelled) => ({
        policy: policyWith(hosts.map((host) => rule("allow", host))),
        targets: [spelled],
      })),
    ),
  ),
  removeCheck(
    "rules",
    "case-of-stored",
    "the case of a stored target does not matter",
    "set",
    distinctHosts(2, 4).chain((hosts) =>
      otherCase(hosts[0] ?? "").map((spelled) => ({
        policy: policyWith([rule("allow", spelled), rule("deny", hosts[1] ?? "")]),
        targets: [hosts[0] ?? ""],
      })),
    ),
  ),
  removeCheck(
    "rules",
    "stored-spelling",
    "the rules that stay keep their spelling",
    "set",
    distinctHosts(2, 3).chain((hosts) =>
      otherCase(hosts[0] ?? "").map((spelled) => ({
        policy: policyWith([rule("allow", spelled), rule("deny", hosts[1] ?? "")]),
        targets: [hosts[1] ?? ""],
      })),
    ),
  ),
  removeCheck(
    "unknown",
    "unknown",
    "a target that no rule has is passed over",
    "set",
    distinctRules(1, 5).map((rules) => ({
      policy: policyWith(rules),
      targets: ["nobody.example", rules[0]?.target ?? ""],
    })),
  ),
  removeCheck(
    "unknown",
    "only-unknown",
    "targets that no rule has change nothing",
    "list",
    distinctRules(1, 5).map((rules) => ({ policy: policyWith(rules), targets: ["nobody.example"] })),
  ),
  removeCheck(
    "rules",
    "wildcard",
    "a wildcard removes itself only",
    "set",
    distinctHosts(1, 2).map((hosts) => ({
      policy: policyWith([
        rule("allow", `*.${hosts[0]}`),
        rule("allow", hosts[0] ?? ""),
        rule("deny", `www.${hosts[0]}`),
      ]),
      targets: [`*.${hosts[0]}`],
    })),
  ),
  removeCheck(
    "rules",
    "name",
    "a name removes neither its wildcard nor names below it",
    "set",
    distinctHosts(1, 2).map((hosts) => ({
      policy: policyWith([
        rule("allow", `*.${hosts[0]}`),
        rule("allow", hosts[0] ?? ""),
        rule("deny", `www.${hosts[0]}`),
        rule("deny", `${hosts[0]}.`),
      ]),
      targets: [hosts[0] ?? ""],
    })),
  ),
  removeCheck(
    "rules",
    "default-action",
    "the default action stays, also without rules",
    "set",
    fc.tuple(distinctRules(1, 3), fc.constantFrom("allow", "deny")).map(([egress, defaultAction]) => ({
      policy: { defaultAction, egress },
      targets: egress.map(({ target }) => target),
    })),
  ),
  removeCheck(
    "rules",
    "no-rules",
    "absent, null and no rules are the same",
    "set",
    fc
      .tuple(
        fc.constantFrom({}, { egress: null }, { egress: [] }),
        fc.constantFrom("allow", "deny"),
        distinctHosts(1, 3),
      )
      .map(([rules, defaultAction, targets]) => ({ policy: { defaultAction, ...rules }, targets })),
  ),
  removeCheck(
    "empty",
    "empty",
    "no targets at all are an error",
    "set",
    distinctRules(0, 4).map((rules) => ({ policy: policyWith(rules), targets: [] })),
  ),
  removeCheck(
    "open-readings",
    "padding",
    "named targets are trimmed and blank ones passed over, or not",
    "set",
    distinctRules(2, 3).map((rules) => ({ policy: policyWith(rules), targets: [` ${rules[0]?.target ?? ""} `, " "] })),
    "disputed",
  ),
];
