import { isIP } from "node:net";
import { evaluatePolicy } from "../evaluate-policy.js";
import type { PolicyDocument } from "../policy-document.js";

/**
 * Whether a policy lets a sandbox reach a host. As in enforcement mode `dns` (`egress.md` 2.3) only names are judged:
 * an address written out passes, and so does the machine itself.
 */
export function isHostAllowed(policy: PolicyDocument, host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost")) return true;
  return evaluatePolicy(policy, name).action === "allow";
}
