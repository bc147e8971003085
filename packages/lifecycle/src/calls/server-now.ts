import { EMPTY, catchError, concat, defer, ignoreElements, of, type Observable } from "rxjs";
import type { Api, ServerClock } from "@rxsandbox/transport";
import { sandboxPath } from "./sandbox-calls.js";

/**
 * Emits the time of the server in Unix milliseconds, for instants that are sent to it: the clock of this machine may be
 * wrong.
 *
 * Before the first answer of a server, the sandbox is read once, since any answer shows the time. If none comes, the
 * clock of this machine is used: the call that needs the time then fails by itself.
 */
export function serverNow(api: Api, clock: ServerClock, sandboxId: string): Observable<number> {
  const now = defer(() => of(clock.nowMs()));
  return defer(() => {
    if (clock.hasHeard()) return now;
    const read = api.empty({
      what: "Read the server's clock",
      method: "GET",
      path: sandboxPath(sandboxId),
      noRetry: true,
    });
    return concat(
      read.pipe(
        ignoreElements(),
        catchError(() => EMPTY),
      ),
      now,
    );
  });
}
