import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";
import fc from "fast-check";

/** Makes a rule. */
export function rule(act: string, target: string): WireEgressRule {
  return { action: act, target };
}

export const action = fc.constantFrom("allow", "deny");

/** Makes a policy that denies by default. */
export function policyWith(egress: readonly WireEgressRule[]): WireEgressPolicy {
  return { defaultAction: "deny", egress };
}

const label = fc.constantFrom("a", "b", "api", "pypi", "cdn", "x1", "git", "files");

/** Names in lower case that differ, none of them contained in another as a parent. */
export function distinctHosts(minLength: number, maxLength: number): fc.Arbitrary<readonly string[]> {
  return fc
    .array(fc.tuple(label, label, fc.constantFrom("com", "org", "example")), { minLength, maxLength })
    .map((names) => names.map((parts, index) => `n${index}-${parts.join(".")}`));
}

/** Rules whose targets differ, in no order of name. */
export function distinctRules(minLength: number, maxLength: number): fc.Arbitrary<readonly WireEgressRule[]> {
  return fc
    .array(fc.tuple(action, label, fc.constantFrom("com", "org", "example"), fc.nat({ max: 999 })), {
      minLength,
      maxLength,
    })
    .map((parts) =>
      parts.map(([act, name, end, number], index) =>
        rule(act, `${name}${(number * 10 + index) % 997}-${index}.${end}`),
      ),
    );
}

/** The same name with some letters in upper case, at least one. */
export function otherCase(target: string): fc.Arbitrary<string> {
  return fc.constantFrom(
    target.toUpperCase(),
    target.charAt(0).toUpperCase() + target.slice(1),
    target.replace(/[a-z](?=[^a-z]*$)/, (letter) => letter.toUpperCase()),
  );
}
