import type { GatewayPart } from "./alteration.js";

/** Addresses behind a gateway. */
export interface GatewayUpstream {
  readonly lifecycle?: string;
  readonly execd?: string;
  readonly egress?: string;
}

/** Where a request goes. */
export interface GatewayTarget {
  readonly part: GatewayPart;
  /** Base address without a slash at its end. */
  readonly base: string;
  /** Path and query below it. */
  readonly path: string;
}

/** Which address of the gateway stands for which address behind it. */
export interface AddressBook {
  /** The gateway's address of a base address behind it. */
  readonly publish: (part: GatewayPart, base: string) => string;
  /** Where the target of a request goes; `undefined` for addresses that were never published. */
  readonly locate: (target: string) => GatewayTarget | undefined;
  /**
   * An endpoint value as a lifecycle server returns it, without scheme, replaced by one that leads through the gateway;
   * throws for anything that is not an address.
   */
  readonly rewriteEndpoint: (endpoint: string, port: number) => string;
}

/** Makes an address book for a gateway at `host` (`127.0.0.1:<port>`). */
export function addressBook(host: string, upstream: GatewayUpstream): AddressBook {
  const bases: { readonly part: GatewayPart; readonly base: string }[] = [];
  const lifecycle = upstream.lifecycle === undefined ? undefined : new URL(upstream.lifecycle);
  const lifecyclePath = lifecycle?.pathname.replace(/\/$/, "") ?? "";

  const publish = (part: GatewayPart, base: string): string => {
    // First, as it throws for anything that is not an address; the path stays: clients read `/proxy/<port>` at its end.
    const path = new URL(base).pathname.replace(/\/$/, "");
    const known = bases.findIndex((entry) => entry.base === base && entry.part === part);
    const index = known === -1 ? bases.push({ part, base: base.replace(/\/$/, "") }) - 1 : known;
    return `${host}/~${index}${path}`;
  };

  return {
    publish,
    locate(target) {
      const [, index, rest = ""] = /^\/~(\d+)(.*)$/s.exec(target) ?? [];
      if (index !== undefined) {
        const entry = bases[Number(index)];
        if (entry === undefined) return undefined;
        const prefix = new URL(entry.base).pathname.replace(/\/$/, "");
        return rest.startsWith(prefix) ? { ...entry, path: rest.slice(prefix.length) || "/" } : undefined;
      }
      if (lifecycle === undefined) return undefined;
      const proxied = PROXIED.exec(target);
      if (proxied !== null) {
        const [, base = "", port = "", path = ""] = proxied;
        return { part: partOf(Number(port)), base: `${lifecycle.origin}${base}`, path };
      }
      return {
        part: "lifecycle",
        base: `${lifecycle.origin}${lifecyclePath}`,
        path: target.slice(lifecyclePath.length),
      };
    },
    rewriteEndpoint(endpoint, port) {
      if (
        lifecycle !== undefined &&
        endpoint.startsWith(`${lifecycle.host}/`) &&
        PROXIED.test(endpoint.slice(lifecycle.host.length))
      )
        return host + endpoint.slice(lifecycle.host.length);
      return publish(partOf(port), `${lifecycle?.protocol ?? "http:"}//${endpoint}`);
    },
  };
}

/** A route of the server's own proxy (`lifecycle.md` 9): where it leads, its port, and the rest. */
const PROXIED = /^(.*?(?:\/v1)?\/sandboxes\/[^/]+\/proxy\/(\d+))((?:[/?].*)?)$/s;

function partOf(port: number): GatewayPart {
  return port === 44_772 ? "execd" : port === 18_080 ? "egress" : "other";
}
