import { InvalidArgumentError } from "../errors/errors.js";

/** How a server is named; what is absent has the official SDK's default (`sdk-behaviour.md` 2). */
export interface ConnectionSettings {
  /** `host[:port][/prefix]` or a URL, whose scheme wins over `protocol`; `localhost:8080` when absent. */
  readonly domain?: string | undefined;
  /** `http` when absent. */
  readonly protocol?: "http" | "https" | undefined;
  /** Scheme of sandbox addresses, which come without one; that of the control plane when absent. */
  readonly endpointProtocol?: "http" | "https" | undefined;
}

/** Where the control plane is. */
export interface Connection {
  /** `<protocol>://<domain>/v1`. */
  readonly baseUrl: string;
  readonly endpointProtocol: "http" | "https";
  /** `scheme://host[:port]`: the only origin to which the tenant key may go. */
  readonly origin: string;
}

const DEFAULT_DOMAIN = "localhost:8080";

/**
 * Reads where the control plane is: query and fragment are dropped, trailing slashes and one trailing `/v1` too
 * (`sdk-behaviour.md` 2).
 *
 * Throws `InvalidArgumentError` for a domain that is not an address, has another scheme than `http` and `https`, or
 * carries a user name.
 */
export function parseConnection({
  domain = DEFAULT_DOMAIN,
  protocol = "http",
  endpointProtocol,
}: ConnectionSettings = {}): Connection {
  const url = parseUrl(domain.trim(), protocol);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new InvalidArgumentError("domain", "has a scheme other than http and https");
  // Not shown: it would be a secret.
  if (url.username !== "" || url.password !== "")
    throw new InvalidArgumentError("domain", "must not hold a user name or password");
  const prefix = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, "");
  return {
    baseUrl: `${url.origin}${prefix}/v1`,
    endpointProtocol: endpointProtocol ?? (url.protocol === "https:" ? "https" : "http"),
    origin: url.origin,
  };
}

function parseUrl(domain: string, protocol: "http" | "https"): URL {
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(domain) ? domain : `${protocol}://${domain}`);
  } catch {
    throw new InvalidArgumentError("domain", "is neither host[:port][/prefix] nor a URL");
  }
}
