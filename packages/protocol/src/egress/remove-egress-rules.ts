import { EgressRuleError } from "./egress-rule-error.js";
import type { WireEgressPolicy } from "./wire.js";

/**
 * Removes every rule for the given targets as `DELETE /policy` does (`egress.md` 3.4), without changing the argument.
 *
 * The given targets are trimmed and compared in lower case with the stored ones in lower case; blank and unknown ones
 * are ignored. `*.x.com` removes that wildcard rule only. Order and default action are kept.
 *
 * Errors: throws {@link EgressRuleError} (`empty`) for no targets at all.
 */
export function removeEgressRules(policy: WireEgressPolicy, targets: readonly string[]): WireEgressPolicy {
  if (targets.length === 0) throw new EgressRuleError("empty", "no egress targets to remove");
  const removed = new Set(targets.map((target) => target.trim().toLowerCase()));
  removed.delete("");
  const egress = (policy.egress ?? []).filter((rule) => !removed.has(rule.target.toLowerCase()));
  return { defaultAction: policy.defaultAction, egress };
}
