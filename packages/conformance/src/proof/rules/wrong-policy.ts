import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";
import type { EgressOutcome } from "../../oracles/egress-model.js";

/** Egress rules in their order. */
export type Rules = readonly WireEgressRule[];

/** What the rules of a policy compare by. */
export const keyOf = (rule: WireEgressRule): string => rule.target.toLowerCase();

/** The rules that a policy has. */
export const stored = (policy: WireEgressPolicy): Rules => policy.egress ?? [];

/** A rule that counts. */
export function counting<A extends readonly unknown[]>(
  model: (...args: A) => EgressOutcome,
): (...args: A) => EgressOutcome {
  let count = 0;
  return (...args) => {
    count++;
    const outcome = model(...args);
    // Every 50th answer has lost its first rule.
    return count % 50 === 0 && "policy" in outcome
      ? { policy: { ...outcome.policy, egress: (outcome.policy.egress ?? []).slice(1) } }
      : outcome;
  };
}
