/** A rule as the model keeps it. */
export interface ModelRule {
  readonly action: "allow" | "deny";
  readonly target: string;
}

/** A policy as the model keeps it: rules in order of priority. */
export interface ModelPolicy {
  readonly defaultAction: "allow" | "deny";
  readonly rules: readonly ModelRule[];
}

/** One change, as it is sent to `/policy`. */
export type PolicyStep =
  | { readonly kind: "patch"; readonly rules: readonly ModelRule[] }
  | { readonly kind: "delete"; readonly targets: readonly string[] }
  | { readonly kind: "replace"; readonly policy: ModelPolicy }
  | { readonly kind: "reset" };

/** What a change leads to. */
export interface PolicyOutcome {
  readonly policy: ModelPolicy;
  readonly status: 200 | 400 | 413;
}

/**
 * The policy of a sidecar after a change, written down from `egress.md` 3 with lists alone: no code of the server or
 * the client is in it.
 */
export function changePolicy(before: ModelPolicy, step: PolicyStep, maxRules: number): PolicyOutcome {
  const refuse = (status: 400 | 413): PolicyOutcome => ({ policy: before, status });
  const accept = (policy: ModelPolicy): PolicyOutcome =>
    policy.rules.length > maxRules ? refuse(413) : { policy, status: 200 };
  const trimmed = (rules: readonly ModelRule[]): readonly ModelRule[] =>
    rules.map(({ action, target }) => ({ action, target: target.trim() }));
  switch (step.kind) {
    case "reset":
      return { policy: { defaultAction: "deny", rules: [] }, status: 200 };
    case "replace":
      // 3.2: duplicates stay.
      if (step.policy.rules.some(({ target }) => target.trim() === "")) return refuse(400);
      return accept({ defaultAction: step.policy.defaultAction, rules: trimmed(step.policy.rules) });
    case "patch": {
      if (step.rules.length === 0) return refuse(400);
      // 3.3: incoming first; the first of a key stays; the key is lower case, with its white space.
      const all = [...step.rules, ...before.rules];
      const merged = all.filter(
        (rule, index) => all.findIndex(({ target }) => target.toLowerCase() === rule.target.toLowerCase()) === index,
      );
      if (merged.some(({ target }) => target.trim() === "")) return refuse(400);
      return accept({ defaultAction: before.defaultAction, rules: trimmed(merged) });
    }
    case "delete": {
      if (step.targets.length === 0) return refuse(400);
      // 3.4: trimmed and lower case against the stored text; no limit.
      const isNamed = (rule: ModelRule): boolean =>
        step.targets.some(
          (target) => target.trim() !== "" && target.trim().toLowerCase() === rule.target.toLowerCase(),
        );
      return { policy: { ...before, rules: before.rules.filter((rule) => !isNamed(rule)) }, status: 200 };
    }
  }
}

/** 2.1: derived, never kept. */
export function modeOf({ defaultAction, rules }: ModelPolicy): string {
  if (rules.length > 0) return "enforcing";
  return defaultAction === "allow" ? "allow_all" : "deny_all";
}
