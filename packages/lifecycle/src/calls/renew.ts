import { defer, type Observable } from "rxjs";
import type { WireRenewRequest, WireRenewResponse } from "@rxsandbox/protocol";
import type { Api } from "@rxsandbox/transport";
import { parseDate } from "../info/sandbox-info.js";
import { sandboxPath } from "./sandbox-path.js";

/** Sets the expiry to the local clock plus `timeoutSeconds`, which may also shorten the life (`lifecycle.md` 4); emits the new instant. */
export function renewSandbox(api: Api, id: string, timeoutSeconds: number): Observable<Date> {
  return defer(() => {
    const body: WireRenewRequest = { expiresAt: new Date(Date.now() + timeoutSeconds * 1000).toISOString() };
    return api.json(
      // The instant is absolute: sending it twice is sending it once.
      { what: "Renew sandbox", method: "POST", path: `${sandboxPath(id)}/renew-expiration`, json: body, idempotent: true },
      (value) => parseDate("expiresAt", (value as Partial<WireRenewResponse> | null)?.expiresAt),
    );
  });
}
