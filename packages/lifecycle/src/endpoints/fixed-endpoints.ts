import { defer, map, of } from "rxjs";
import { EXECD_PORT } from "@rxsandbox/protocol";
import type { Api, Endpoint } from "@rxsandbox/transport";
import { findDaemon, type DaemonSearch, type FoundDaemon } from "./find-daemon.js";
import { rootOf } from "./daemon-root.js";
import { remembered, type Remembered } from "./remembered.js";
import { createSandboxEndpoints, type SandboxEndpoints } from "./sandbox-endpoints.js";

/** How long the search for a root holds that another part of the program knows the address of. */
const SEARCH_MS = 600_000;

/** How calls to addresses that are known already are made. */
export interface FixedEndpointsOptions {
  readonly endpoint: (port: number) => Endpoint;
  /** Adds what calls of this client carry there. */
  readonly withCredentials: (endpoint: Endpoint) => Endpoint;
  /** Builds the API of one address, to look for the daemon's root there; absent means that no root is looked for. */
  readonly probeApi?: ((root: Endpoint) => Api) | undefined;
}

/**
 * The addresses of a sandbox that the caller knows: no server is asked. Which one it is now is asked for with each
 * call; the search for a root is remembered for 10 min.
 */
export function createFixedEndpoints({ endpoint, withCredentials, probeApi }: FixedEndpointsOptions): SandboxEndpoints {
  let known: { readonly url: string; readonly daemon: Remembered<FoundDaemon> } | undefined;
  const search: DaemonSearch = {
    find: () =>
      defer(() => {
        const address = endpoint(EXECD_PORT);
        if (known === undefined || known.url !== address.url || known.daemon.staleAt() <= Date.now()) {
          const lasting = { value$: of(address), staleAt: () => Date.now() + SEARCH_MS };
          known = {
            url: address.url,
            daemon: remembered(
              () => findDaemon(lasting, (root) => probeApi?.(withCredentials(root))),
              ({ goodUntil }) => goodUntil,
            ),
          };
        }
        // With the headers of this call: they may be newer than those of the search.
        return known.daemon.value$.pipe(
          map((found) => ({
            ...found,
            endpoint: (found.answeredAt === undefined ? undefined : rootOf(address)) ?? address,
          })),
        );
      }),
    doubt: () => known?.daemon.forget(),
  };
  const source = {
    resolve: (port: number) => defer(() => of(withCredentials(endpoint(port)))),
    invalidate: search.doubt,
  };
  return createSandboxEndpoints(source, search, withCredentials);
}
