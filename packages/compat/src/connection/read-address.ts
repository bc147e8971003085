import { InvalidArgumentException } from "../errors/exceptions.js";

export type ConnectionProtocol = "http" | "https";

/** Where a server is. */
export interface ServerAddress {
  readonly protocol: ConnectionProtocol;
  /** `host[:port][/prefix]`. */
  readonly domain: string;
}

const DEFAULT_DOMAIN = "localhost:8080";

/**
 * Reads a domain (`sdk-behaviour.md` 2): a URL's scheme wins over `protocol`; query, fragment, trailing slashes and one
 * trailing `/v1` go.
 *
 * Throws `InvalidArgumentException`, without showing a password that the URL may hold.
 */
export function readAddress(domain = DEFAULT_DOMAIN, protocol: ConnectionProtocol = "http"): ServerAddress {
  if (protocol !== "http" && protocol !== "https") throw wrong("protocol must be http or https");
  const text = String(domain).trim();
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const source = isUrl ? text : `${protocol}://${text}`;
  if (!URL.canParse(source)) throw wrong("domain must be host[:port][/prefix] or a URL");
  const url = new URL(source);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw wrong("domain must have the scheme http or https");
  if (url.username !== "" || url.password !== "") throw wrong("domain must not hold a user name or password");
  const prefix = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, "");
  return { protocol: url.protocol === "https:" ? "https" : "http", domain: `${url.host}${prefix}` };
}

function wrong(message: string): InvalidArgumentException {
  return new InvalidArgumentException({ message });
}
