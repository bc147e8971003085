import { catchError, switchMap, throwError, type Observable } from "rxjs";
import type { WireRenewRequest, WireRenewResponse } from "@rxsandbox/protocol";
import { ApiError, type Api, type SandboxError, type ServerClock } from "@rxsandbox/transport";
import { hasStatus } from "@rxsandbox/transport/calls";
import { parseDate } from "../info/sandbox-info.js";
import { sandboxPath } from "./sandbox-calls.js";
import { serverNow } from "./server-now.js";

/**
 * Sets the expiry to the server's clock plus `timeoutSeconds`, which may also shorten the life (`lifecycle.md` 4);
 * emits the new instant.
 */
export function renewSandbox(api: Api, clock: ServerClock, id: string, timeoutSeconds: number): Observable<Date> {
  return serverNow(api, clock, id).pipe(
    switchMap((nowMs) => {
      const body: WireRenewRequest = { expiresAt: new Date(nowMs + timeoutSeconds * 1000).toISOString() };
      return api.json(
        // The instant is absolute: sending it twice is sending it once.
        {
          what: "Renew sandbox",
          method: "POST",
          path: `${sandboxPath(id)}/renew-expiration`,
          json: body,
          idempotent: true,
        },
        (value) => parseDate("expiresAt", (value as Partial<WireRenewResponse> | null)?.expiresAt),
      );
    }),
    catchError((error: unknown) =>
      throwError(() => (hasStatus(error, 400, "INVALID_EXPIRATION") ? wrongClock(error, timeoutSeconds) : error)),
    ),
  );
}

/** Where the server's clock could not be read, as in a page that may not see the `Date` header. */
function wrongClock(error: SandboxError, timeoutSeconds: number): ApiError {
  const { status, serverCode, serverMessage, requestId, attempts, body } = error;
  const advice = `the server's clock may be ahead of this machine's by ${timeoutSeconds} s or more: set the clock of this machine`;
  return new ApiError(
    error.code,
    { ...error.text, advice },
    { cause: error, status, serverCode, serverMessage, requestId, attempts, body },
  );
}
