import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";

/** Why a change is refused; only the kind is ever compared. */
export type EgressRefusal = "empty" | "action" | "target" | "limit";

/** What becomes of a change: the whole new policy, or a refusal that leaves the old one. */
export type EgressOutcome = { readonly policy: WireEgressPolicy } | { readonly error: EgressRefusal };

const actions = new Set(["allow", "deny"]);

/**
 * What `PATCH /policy` does (`egress.md` 3.3), within the domain where servers agree: ASCII targets without padding,
 * actions spelled out.
 *
 * The first of equal targets stays, over the patch and then the stored rules; targets are equal when they are in lower
 * case. Only what stays is looked at: a rule that an earlier one of its target hides may say anything.
 *
 * @param limit - most rules of the merged list; 0 or absent is any number
 */
export function mergeModel(policy: WireEgressPolicy, patch: readonly WireEgressRule[], limit = 0): EgressOutcome {
  if (patch.length === 0) return { error: "empty" };
  const egress: WireEgressRule[] = [];
  for (const rule of patch.concat(policy.egress ?? [])) {
    if (!egress.some((kept) => kept.target.toLowerCase() === rule.target.toLowerCase())) egress.push(rule);
  }
  for (const { action, target } of egress) {
    if (!actions.has(action)) return { error: "action" };
    if (target.trim() === "") return { error: "target" };
  }
  if (limit > 0 && egress.length > limit) return { error: "limit" };
  return { policy: { defaultAction: policy.defaultAction, egress } };
}

/**
 * What `DELETE /policy` does (`egress.md` 3.4): every rule of the targets goes, whatever the case; unknown targets are
 * ignored.
 */
export function removeModel(policy: WireEgressPolicy, targets: readonly string[]): EgressOutcome {
  if (targets.length === 0) return { error: "empty" };
  const gone = targets.map((target) => target.trim().toLowerCase()).filter((target) => target !== "");
  return {
    policy: {
      defaultAction: policy.defaultAction,
      egress: (policy.egress ?? []).filter((rule) => !gone.includes(rule.target.toLowerCase())),
    },
  };
}
