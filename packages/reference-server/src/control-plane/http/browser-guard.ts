import type { IncomingHttpHeaders } from "node:http";

/** Whom a listener answers. */
export interface BrowserGuardOptions {
  /** The listener's own port. */
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** A request that a page of the user's browser may have sent without the user: the reason, for a 403. */
export interface Refusal {
  readonly code: "FORBIDDEN_HOST" | "FORBIDDEN_ORIGIN";
  readonly message: string;
}

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Refuses requests that a page could make the user's browser send.
 *
 * A foreign `Host` is a rebound name; an `Origin` that is not allowed, `null` included, is a page that has no business
 * here; `Sec-Fetch-Site` shows requests of pages that carry no `Origin`. WebSocket upgrades pass the same test: they
 * are not subject to CORS.
 */
export function browserRefusal(headers: IncomingHttpHeaders, options: BrowserGuardOptions): Refusal | undefined {
  const host = headers.host?.toLowerCase();
  const isOwnHost = host !== undefined && LOOPBACK_NAMES.some((name) => host === `${name}:${options.port}`);
  if (!isOwnHost && !(host !== undefined && options.allowedHosts.includes(host))) {
    return { code: "FORBIDDEN_HOST", message: "This server does not answer to that host name." };
  }
  const origin = headers.origin;
  if (origin !== undefined) {
    return options.allowedOrigins.includes(origin)
      ? undefined
      : {
          code: "FORBIDDEN_ORIGIN",
          message:
            "Pages of this origin may not call this server. Allow it with `rxsandbox serve --allow-origin`, or `allowedOrigins` in code.",
        };
  }
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "none" || site === "same-origin") return undefined;
  return { code: "FORBIDDEN_ORIGIN", message: "Pages of other sites may not call this server." };
}
