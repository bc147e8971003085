import { defer, of, switchMap, tap, type Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";
import type { DaemonSearch } from "../endpoints/find-daemon.js";
import { ping } from "./ping.js";

/**
 * Asks the daemon whether it is there, at its root where there is one; `execd` calls it there.
 *
 * A root that is found meanwhile has just answered a ping, so none is sent: from no address to a daemon that is ready
 * it takes two calls to the sandbox. Where none was found and the daemon does not answer either, the next call looks
 * for one again.
 */
export function reachDaemon(search: DaemonSearch, execd: Api): Observable<void> {
  return defer(() => {
    const startedAt = performance.now();
    return search.find().pipe(
      switchMap(({ answeredAt }) => {
        if (answeredAt === undefined) return ping(execd).pipe(tap({ error: () => search.doubt() }));
        return answeredAt >= startedAt ? of(undefined) : ping(execd);
      }),
    );
  });
}
