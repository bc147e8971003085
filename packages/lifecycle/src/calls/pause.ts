import { catchError, concatMap, map, of, throwError, type Observable } from "rxjs";
import { ApiError, type Api, type SandboxError } from "@rxsandbox/transport";
import { hasStatus } from "@rxsandbox/transport/calls";
import { getInfo, sandboxPath } from "./sandbox-calls.js";

/**
 * Asks for a pause; emits when the server accepted it.
 *
 * A sandbox that is paused already fails with `invalid-state`, also where the server says 500 about it (divergence
 * L10): then its state is read to tell that from a failure.
 */
export function pauseSandbox(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Pause sandbox", method: "POST", path: `${sandboxPath(id)}/pause`, noRetry: true }).pipe(
    catchError((refusal: unknown) => {
      if (!hasStatus(refusal, 500, "PAUSE_FAILED")) return throwError(() => refusal);
      return getInfo(api, id).pipe(
        map(({ status }) => status.state === "Paused"),
        // Whether or not the state can be read, the pause was refused.
        catchError(() => of(false)),
        concatMap((isPaused) => throwError(() => (isPaused ? alreadyPaused(id, refusal) : refusal))),
      );
    }),
  );
}

function alreadyPaused(id: string, refusal: SandboxError): ApiError {
  const { status, serverCode, serverMessage, requestId, body } = refusal;
  return new ApiError(
    "invalid-state",
    { what: "Pause sandbox", detail: `${id} is Paused already` },
    {
      cause: refusal,
      status,
      serverCode,
      serverMessage,
      requestId,
      body,
    },
  );
}
