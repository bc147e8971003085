import { catchError, defer, map, of, type Observable } from "rxjs";
import type { Api, ServerClock } from "@rxsandbox/transport";
import { getInfo } from "./get-info.js";

/**
 * Emits the time of the server in Unix milliseconds, for instants that are sent to it: the clock of this machine may be wrong.
 *
 * Before the first answer of a server, the sandbox is read. If that fails, the clock of this machine is used: the call that needs the time fails
 * by itself.
 */
export function serverNow(api: Api, clock: ServerClock, sandboxId: string): Observable<number> {
  return defer(() => {
    if (clock.hasHeard()) return of(clock.nowMs());
    return getInfo(api, sandboxId).pipe(
      catchError(() => of(undefined)),
      map(() => clock.nowMs()),
    );
  });
}
