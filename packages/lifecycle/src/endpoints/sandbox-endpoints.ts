import { map, type Observable } from "rxjs";
import { EXECD_PORT } from "@rxsandbox/protocol";
import type { Api, Endpoint, EndpointSource } from "@rxsandbox/transport";
import { reachDaemon } from "../calls/reach-daemon.js";
import type { DaemonSearch } from "./find-daemon.js";

/**
 * The addresses of one sandbox for calls of this client, as the server hands them out. In proxy mode their headers hold
 * the tenant key: they are for transport only.
 */
export interface SandboxEndpoints extends EndpointSource {
  /**
   * The same, but the daemon's port leads to the root of the daemon where there is one. A direct address is the
   * daemon's proxy to itself, and everything but the output of foreground commands is better served at the root
   * (`measured.md` 2.4).
   *
   * The root is looked for once per address, and remembered with it. Where none is found the address is the one that
   * was handed out, never an error.
   */
  readonly daemon: EndpointSource;
  /** Asks the daemon whether it is there, in two calls at most; `execd` calls it at {@link SandboxEndpoints.daemon}. */
  reach(execd: Api): Observable<void>;
}

/** Adds to the addresses of a sandbox where its daemon is called. */
export function createSandboxEndpoints(
  source: EndpointSource,
  search: DaemonSearch,
  withCredentials: (endpoint: Endpoint) => Endpoint,
): SandboxEndpoints {
  const daemon = search.find().pipe(map(({ endpoint }) => withCredentials(endpoint)));
  return {
    ...source,
    daemon: { ...source, resolve: (port) => (port === EXECD_PORT ? daemon : source.resolve(port)) },
    reach: (execd) => reachDaemon(search, execd),
  };
}
