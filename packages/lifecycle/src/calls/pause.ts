import { catchError, map, throwError, type Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";
import { getInfo } from "./get-info.js";
import { hasServerCode } from "./has-server-code.js";
import { sandboxPath } from "./sandbox-path.js";

/** Asks for a pause; emits when the server accepted it. A sandbox that turns out to be paused already is success (divergence L10). */
export function pauseSandbox(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Pause sandbox", method: "POST", path: `${sandboxPath(id)}/pause`, noRetry: true }).pipe(
    catchError((refusal: unknown) =>
      hasServerCode(refusal, 500, "PAUSE_FAILED")
        ? getInfo(api, id).pipe(
            map(({ status }) => {
              if (status.state !== "Paused") throw refusal;
            }),
          )
        : throwError(() => refusal),
    ),
  );
}
