import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateEgress } from "./evaluate-egress.js";
import { mergeEgressRules, removeEgressRules } from "./merge-egress-rules.js";
import type { WireEgressPolicy, WireEgressRule } from "./wire.js";

/** Few labels, so that rules and hosts meet; both cases, wildcards, trailing dots, addresses. */
const label = fc.constantFrom("a", "B", "x", "com", "COM", "example");
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
const target = fc.oneof(
  { weight: 4, arbitrary: domain },
  { weight: 3, arbitrary: domain.map((name) => `*.${name}`) },
  { weight: 1, arbitrary: domain.map((name) => `${name}.`) },
  { weight: 1, arbitrary: fc.constantFrom("*", "a.*.com", "foo*", "10.0.0.1", "10.0.0.0/8", "::1") },
);
const rule: fc.Arbitrary<WireEgressRule> = fc.record({ action: fc.constantFrom("allow", "deny"), target });
const policy: fc.Arbitrary<WireEgressPolicy> = fc.record(
  { defaultAction: fc.constantFrom("allow", "deny", "foo"), egress: fc.option(fc.array(rule, { maxLength: 8 })) },
  { requiredKeys: ["defaultAction"] },
);
const patch = fc.array(rule, { minLength: 1, maxLength: 6 });
const host = fc.tuple(domain, fc.constantFrom("", ".")).map(([name, dot]) => name + dot);
const many = { numRuns: 2000 };

const lower = (text: string): string => text.replace(/[A-Z]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 32));

/** Removes earlier rules of the same target again and again: quadratic and without maps. */
function naiveMerge(stored: readonly WireEgressRule[], incoming: readonly WireEgressRule[]): WireEgressRule[] {
  const all = [...incoming, ...stored];
  return all.filter(
    (one, index) => !all.slice(0, index).some((earlier) => lower(earlier.target) === lower(one.target)),
  );
}

/** Compares label by label from the right. */
function naiveMatch(ruleTarget: string, name: string): boolean {
  const rules = lower(ruleTarget).split(".");
  const names = lower(name).split(".");
  if (names.at(-1) === "") names.pop();
  const isWildcard = rules[0] === "*" && rules.length > 1;
  const wanted = isWildcard ? rules.slice(1) : rules;
  if (isWildcard ? names.length <= wanted.length : names.length !== wanted.length) return false;
  return wanted.every((part, index) => part !== "" && part === names[names.length - wanted.length + index]);
}

describe("mergeEgressRules", () => {
  it("for any policy and patch, is what the naive merge gives, and keeps the default action", () => {
    fc.assert(
      fc.property(policy, patch, (stored, incoming) => {
        const before = JSON.stringify(stored);
        expect(mergeEgressRules(stored, incoming)).toEqual({
          defaultAction: stored.defaultAction,
          egress: naiveMerge(stored.egress ?? [], incoming),
        });
        expect(JSON.stringify(stored)).toBe(before);
      }),
      many,
    );
  });

  it("for any policy and patch, merging twice is merging once", () => {
    fc.assert(
      fc.property(policy, patch, (stored, incoming) => {
        const once = mergeEgressRules(stored, incoming);
        expect(mergeEgressRules(once, incoming)).toEqual(once);
      }),
      many,
    );
  });

  it("for any limit, refuses exactly the merged lists above it", () => {
    fc.assert(
      fc.property(policy, patch, fc.integer({ min: 1, max: 10 }), (stored, incoming, maxRules) => {
        const merge = (): unknown => mergeEgressRules(stored, incoming, { maxRules });
        if (naiveMerge(stored.egress ?? [], incoming).length > maxRules)
          expect(merge).toThrow(expect.objectContaining({ kind: "limit" }));
        else expect(merge).not.toThrow();
      }),
      many,
    );
  });
});

describe("removeEgressRules", () => {
  it("for any policy and targets, keeps exactly the rules that no target names", () => {
    const spelled = fc
      .tuple(fc.constantFrom("", " ", "\t"), target, fc.constantFrom("", "\n"))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        policy,
        fc.array(fc.oneof(spelled, fc.constantFrom("", "  ")), { minLength: 1, maxLength: 5 }),
        (stored, targets) => {
          const left = (stored.egress ?? []).filter((one) =>
            targets.every((named) => lower(named.trim()) !== lower(one.target)),
          );
          expect(removeEgressRules(stored, targets)).toEqual({ defaultAction: stored.defaultAction, egress: left });
        },
      ),
      many,
    );
  });

  it("for any patch of new targets, undoes the merge up to order", () => {
    fc.assert(
      fc.property(policy, patch, (stored, incoming) => {
        const undone = removeEgressRules(
          mergeEgressRules(stored, incoming),
          incoming.map((one) => one.target),
        );
        expect(undone.egress).toEqual(
          naiveMerge(stored.egress ?? [], incoming).filter((one) =>
            incoming.every((added) => lower(added.target) !== lower(one.target)),
          ),
        );
      }),
      many,
    );
  });
});

describe("evaluateEgress", () => {
  it("for any policy and host, is the action of the first rule that matches label by label", () => {
    fc.assert(
      fc.property(policy, host, (stored, name) => {
        const first = (stored.egress ?? []).find((one) => naiveMatch(one.target, name));
        expect(evaluateEgress(stored, name)).toBe(
          first?.action ?? (stored.defaultAction === "deny" ? "deny" : "allow"),
        );
      }),
      { numRuns: 5000 },
    );
  });

  it("for any policy and rule, merging a rule for a host decides that host", () => {
    fc.assert(
      fc.property(policy, domain, fc.constantFrom("allow", "deny"), (stored, name, action) => {
        expect(evaluateEgress(mergeEgressRules(stored, [{ action, target: name }]), name)).toBe(action);
      }),
      many,
    );
  });
});
