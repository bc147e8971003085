import { egressAction, type EgressAction } from "./egress-action.js";
import type { WireEgressPolicy } from "./wire.js";

/**
 * Tells whether a policy lets a sandbox resolve a host name (`egress.md` 2.2): the first rule that names the host or a
 * domain above it decides, exact and wildcard alike, else the default action.
 *
 * The host is taken in lower case without one trailing dot. `*.x.com` matches at any depth but not `x.com` itself; a
 * `*` anywhere else is plain text. Rules for addresses and ranges say nothing about names, a target with a trailing dot
 * never matches.
 *
 * An unknown default action lets everything through, as the sidecar does: only `deny` blocks (`egress.md` 2.3).
 */
export function evaluateEgress(policy: WireEgressPolicy, host: string): EgressAction {
  const name = host.toLowerCase().replace(/\.$/, "");
  const rule = (policy.egress ?? []).find(({ target }) => matches(target.toLowerCase(), name));
  if (rule === undefined) return egressAction(policy.defaultAction) ?? "allow";
  // The sidecar refuses to store other actions, so there is no reading of its own to follow: stay closed.
  return egressAction(rule.action) ?? "deny";
}

function matches(target: string, name: string): boolean {
  if (target.endsWith(".") || isAddressOrRange(target)) return false;
  if (!target.startsWith("*.")) return target === name;
  const suffix = target.slice(1);
  return suffix.length > 1 && name.length > suffix.length && name.endsWith(suffix);
}

const decimalByte = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^(?:${decimalByte}\\.){3}${decimalByte}$`);
/** Wider than the grammar of IPv6, but no host name has two colons. */
const ipv6 = /^[\da-f]*:[\da-f:.]*:[\da-f:.]*(?:%.+)?$/;

function isAddressOrRange(target: string): boolean {
  const address = target.replace(/\/\d{1,3}$/, "");
  return ipv4.test(address) || ipv6.test(address);
}
