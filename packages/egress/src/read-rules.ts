import { InvalidArgumentError, readEgressTarget } from "@rxsandbox/transport";
import type { EgressRule } from "./egress-policy.js";

/** Copies rules for a patch; an empty list and an unknown action throw, since the server refuses them, and so does a target that could never match (`egress.md` 3.3). */
export function readRules(path: string, rules: unknown): readonly EgressRule[] {
  if (!Array.isArray(rules)) throw new InvalidArgumentError(path, "must be an array");
  if (rules.length === 0) throw new InvalidArgumentError(path, "must not be empty");
  return rules.map((entry: unknown, index) => {
    if (typeof entry !== "object" || entry === null)
      throw new InvalidArgumentError(`${path}[${index}]`, "must be an object");
    const { action, target } = entry as Partial<EgressRule>;
    if (action !== "allow" && action !== "deny")
      throw new InvalidArgumentError(`${path}[${index}].action`, `must be "allow" or "deny"`);
    return { action, target: readEgressTarget(`${path}[${index}].target`, target) };
  });
}
