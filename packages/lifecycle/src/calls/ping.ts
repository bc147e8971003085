import type { Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";

/** Milliseconds of one probe: a paused sandbox does not answer at all (`measured.md` 2.4). */
const PROBE_TIMEOUT_MS = 2000;

/** Asks the daemon once whether it is there; any body will do (`execd.md` 7). */
export function ping(execd: Api): Observable<void> {
  return execd.empty({
    what: "Ping sandbox",
    method: "GET",
    path: "/ping",
    timeoutMs: PROBE_TIMEOUT_MS,
    noRetry: true,
  });
}
