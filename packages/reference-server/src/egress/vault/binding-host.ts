import { isIP } from "node:net";

const LABELS = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+$/;

/**
 * Normalises a host that a binding matches: a dotted name or `*.` and one, lower case, without its trailing dot
 * (`egress.md` 4.3).
 */
export function readBindingHost(raw: string): string {
  const host = raw.trim().toLowerCase().replace(/\.$/, "");
  const quoted = JSON.stringify(raw.trim());
  if (host === "") throw new Error("match.hosts cannot contain a blank host");
  if (isIP(host.replace(/^\[(.*)\]$/, "$1")) !== 0)
    throw new Error(`credential binding host ${quoted} must be an FQDN, not an IP address`);
  if (host.includes("/")) throw new Error(`host ${quoted} must not include scheme or path`);
  if (host.includes(":")) throw new Error(`host ${quoted} must not include port`);
  if (!LABELS.test(host.replace(/^\*\./, ""))) throw new Error(`credential binding host ${quoted} must be an FQDN`);
  return host;
}

/**
 * Whether two patterns of the same rank can meet: equal names, or wildcards of which one covers the other. Exact
 * against wildcard never does: exact wins.
 */
export function hostsMeet(one: string, other: string): boolean {
  if (!one.startsWith("*.") || !other.startsWith("*.")) return one === other;
  return one.endsWith(other.slice(1)) || other.endsWith(one.slice(1));
}
