import { egressAction } from "./egress-action.js";
import { EgressRuleError } from "./egress-rule-error.js";
import type { WireEgressPolicy, WireEgressRule } from "./wire.js";

export interface MergeEgressOptions {
  /** Most rules that the merged list may hold; absent or 0 means any number (`egress.md` 3.5). */
  readonly maxRules?: number | undefined;
}

/**
 * Merges rules into a policy as `PATCH /policy` does (`egress.md` 3.3), without changing either argument.
 *
 * Incoming rules come first, in their order, then the untouched stored ones. Two rules with the same target in lower
 * case are the same rule and the first one stays, with its own spelling. Targets are otherwise taken as they are:
 * padding, a trailing dot or another spelling of an address make another target. The default action is kept verbatim.
 *
 * Errors: throws {@link EgressRuleError} for no rules at all, an action that is neither allow nor deny, a blank target,
 * or a merged list above `maxRules`.
 *
 * @example
 * const current = { defaultAction: "deny", egress: [{ action: "allow", target: "a.com" }] } as const;
 * mergeEgressRules(current, [{ action: "deny", target: "A.com" }]);
 * // => { defaultAction: "deny", egress: [{ action: "deny", target: "A.com" }] }
 */
export function mergeEgressRules(
  policy: WireEgressPolicy,
  rules: readonly WireEgressRule[],
  options: MergeEgressOptions = {},
): WireEgressPolicy {
  if (rules.length === 0) throw new EgressRuleError("empty", "no egress rules to merge");
  const merged = new Map<string, WireEgressRule>();
  for (const rule of [...rules, ...(policy.egress ?? [])]) {
    const key = rule.target.toLowerCase();
    if (!merged.has(key)) merged.set(key, rule);
  }
  const egress = [...merged.values()].map(checked);
  const maxRules = options.maxRules ?? 0;
  if (maxRules > 0 && egress.length > maxRules) {
    throw new EgressRuleError("limit", `egress rule total count ${egress.length} exceeds limit ${maxRules}`);
  }
  return { defaultAction: policy.defaultAction, egress };
}

function checked(rule: WireEgressRule): WireEgressRule {
  const action = egressAction(rule.action);
  if (action === undefined) throw new EgressRuleError("action", `unsupported egress action for ${rule.target}`);
  if (rule.target.trim() === "") throw new EgressRuleError("target", "egress target is blank");
  return { action, target: rule.target };
}

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
