import type { WireEgressPolicy } from "@rxsandbox/protocol";
import type { EgressOutcome } from "./egress-model.js";
import type { OracleFinding } from "./finding.js";

/**
 * Judges a change of a policy against the model: the default action, and the rules in order with their spelling
 * (`egress.md` 3.3, 3.4).
 */
export function judgeEgress(
  clause: string,
  expected: EgressOutcome,
  observed: EgressOutcome,
): readonly OracleFinding[] {
  const found = (invariant: string, one: unknown, other: unknown): readonly OracleFinding[] => [
    { clause, invariant, level: "MUST", expected: one, observed: other },
  ];
  if ("error" in expected)
    return "error" in observed && observed.error === expected.error ? [] : found("refusal", expected, observed);
  if ("error" in observed) return found("accepted", expected, observed);
  if (expected.policy.defaultAction !== observed.policy.defaultAction)
    return found("default-action", expected.policy.defaultAction, observed.policy.defaultAction);
  return rulesOf(expected.policy) === rulesOf(observed.policy)
    ? []
    : found("rules", expected.policy.egress ?? [], observed.policy.egress ?? []);
}

/** Rules in one spelling of JSON; absent, `null` and `[]` are equal (G04). */
function rulesOf({ egress }: WireEgressPolicy): string {
  return JSON.stringify((egress ?? []).map(({ action, target }) => [action, target]));
}
