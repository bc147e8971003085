import { evaluatePolicy } from "../evaluate-policy.js";
import type { PolicyDocument } from "../policy-document.js";
import { hostsMeet } from "./binding-host.js";
import type { VaultBinding } from "./vault-binding.js";

/** What the interception of a sidecar takes part in. */
export interface InterceptedTraffic {
  readonly ports: readonly number[];
  /** Hosts whose connections are passed through unseen. */
  readonly ignoredHosts: readonly string[];
}

/**
 * Checks that a policy allows every host of the bindings by a rule; the default action is not enough (`egress.md` 4.3,
 * Cross-checks).
 */
export function checkCoverage(bindings: readonly VaultBinding[], policy: PolicyDocument): void {
  if (bindings.length === 0) return;
  if ((policy.egress ?? []).length === 0)
    throw new Error("credential bindings require explicit networkPolicy.egress allow rules");
  for (const { name, match } of bindings) {
    const uncovered = match.hosts.find((host) => evaluatePolicy(policy, host).rule?.action !== "allow");
    if (uncovered !== undefined)
      throw new Error(
        `binding ${JSON.stringify(name)} host ${JSON.stringify(uncovered)} is not covered by an explicit allow egress rule`,
      );
  }
}

/**
 * Checks bindings against the credentials, the policy, the interception and each other. Throws with the text for the
 * client; of several violations the first by name.
 */
export function checkBindings(
  bindings: readonly VaultBinding[],
  credentials: ReadonlySet<string>,
  policy: PolicyDocument,
  traffic: InterceptedTraffic,
): void {
  for (const { name, headers } of bindings) {
    const unknown = headers.find(({ credential }) => !credentials.has(credential));
    if (unknown !== undefined)
      throw new Error(
        `binding ${JSON.stringify(name)} references unknown credential ${JSON.stringify(unknown.credential)}`,
      );
  }
  checkCoverage(bindings, policy);
  for (const { name, match } of bindings) {
    const port = match.ports.find((one) => !traffic.ports.includes(one));
    if (port !== undefined)
      throw new Error(`binding ${JSON.stringify(name)} port ${port} is not a configured transparent intercept port`);
    const ignored = match.hosts.find((host) => traffic.ignoredHosts.includes(host));
    if (ignored !== undefined)
      throw new Error(`binding ${JSON.stringify(name)} host ${JSON.stringify(ignored)} matches mitmproxy ignore_hosts`);
  }
  bindings.forEach((one, index) => {
    const other = bindings.slice(index + 1).find((later) => canMeet(one, later));
    if (other !== undefined)
      throw new Error(
        `bindings ${JSON.stringify(one.name)} and ${JSON.stringify(other.name)} can match the same request`,
      );
  });
}

function canMeet(one: VaultBinding, other: VaultBinding): boolean {
  const some = <T>(left: readonly T[], right: readonly T[], meet: (a: T, b: T) => boolean): boolean =>
    left.some((a) => right.some((b) => meet(a, b)));
  const isSame = (a: unknown, b: unknown): boolean => a === b;
  return (
    some(one.match.schemes, other.match.schemes, isSame) &&
    some(one.match.ports, other.match.ports, isSame) &&
    some(one.match.methods, other.match.methods, isSame) &&
    some(one.match.paths, other.match.paths, pathsMeet) &&
    some(one.match.hosts, other.match.hosts, hostsMeet)
  );
}

/** A trailing `*` stands for any rest. */
function pathsMeet(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => (path.endsWith("*") ? path.slice(0, -1) : path)) as [string, string];
  if (one.endsWith("*") && other.endsWith("*")) return a.startsWith(b) || b.startsWith(a);
  if (one.endsWith("*")) return other.startsWith(a);
  return other.endsWith("*") ? one.startsWith(b) : one === other;
}
