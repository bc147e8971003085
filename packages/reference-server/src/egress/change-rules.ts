import type { WireEgressRule } from "@rxsandbox/protocol";

import type { RawRule } from "./policy-document.js";

/**
 * Merges the rules of a PATCH in front of the existing ones; of equal targets the first stays (`egress.md` 3.3).
 *
 * Targets are compared lower-cased but not trimmed, so that a padded target is another one (`divergences.md` G08).
 */
export function mergeRules(incoming: readonly RawRule[], existing: readonly WireEgressRule[]): readonly RawRule[] {
  const byTarget = new Map<string, RawRule>();
  for (const rule of [...incoming, ...existing]) {
    const key = (rule.target ?? "").toLowerCase();
    if (!byTarget.has(key)) byTarget.set(key, rule);
  }
  return [...byTarget.values()];
}

/** Removes all rules whose target is named, trimmed and lower-cased (`egress.md` 3.4); blank names match nothing. */
export function removeTargets(
  targets: readonly string[],
  existing: readonly WireEgressRule[],
): readonly WireEgressRule[] {
  const named = new Set(targets.map((target) => target.trim().toLowerCase()).filter((target) => target !== ""));
  return existing.filter((rule) => !named.has(rule.target.toLowerCase()));
}
