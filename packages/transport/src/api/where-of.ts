import type { AccessPath, Endpoint } from "../ports/endpoint-source.js";
import type { ApiOptions } from "./api-options.js";

const isIpv4 = /^\d+\.\d+\.\d+\.\d+(?::\d+)?$/;

/** Where a call goes, as far as an error may say it. */
export interface Where {
  /** `host[:port]`; undefined where the address has none, as a relative one in a browser. */
  readonly address: string | undefined;
  /** Undefined for an address that the caller gave: there is no other way to it. */
  readonly access: AccessPath | undefined;
}

/**
 * Describes an address without its secrets: paths, queries and user infos are left out, and so is the first label of a
 * signed host, which may be the signature (`lifecycle.md` 5.1).
 */
export function whereOf({ invalidate }: Pick<ApiOptions, "invalidate">, { url, access }: Endpoint): Where {
  return { address: hostOf(url, access === "signed"), access: invalidate === undefined ? undefined : access };
}

function hostOf(url: string, isSigned: boolean): string | undefined {
  let host: string;
  try {
    ({ host } = new URL(url));
  } catch {
    // Relative, or not an address at all, which sending it says in its own words.
    return undefined;
  }
  return isSigned && !isIpv4.test(host) ? host.replace(/^[^.:]+(?=\.)/, "***") : host;
}
