import { isIP } from "node:net";
import type { WireEgressRule } from "@rxsandbox/protocol";
import type { PolicyDocument } from "./policy-document.js";

/** What a policy says of a name, and the rule that said it; no rule means that the default action did. */
export interface Verdict {
  readonly action: "allow" | "deny";
  readonly rule?: WireEgressRule;
}

/**
 * Decides a host name (`egress.md` 2.2): the first rule that names it, or a domain above it by `*.`, else the default
 * action.
 *
 * Rules for addresses say nothing about names, and a target with a trailing dot never matches.
 */
export function evaluatePolicy(policy: PolicyDocument, host: string): Verdict {
  const name = host.toLowerCase().replace(/\.$/, "");
  for (const rule of policy.egress ?? []) {
    if (matches(rule.target.toLowerCase(), name)) return { action: rule.action === "allow" ? "allow" : "deny", rule };
  }
  return { action: policy.defaultAction };
}

function matches(target: string, name: string): boolean {
  if (isIP(target.replace(/\/\d+$/, "")) !== 0) return false;
  if (!target.startsWith("*.")) return target === name;
  return target.length > 2 && name.length > target.length - 1 && name.endsWith(target.slice(1));
}
