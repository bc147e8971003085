import type { Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";
import { sandboxPath } from "./sandbox-path.js";

/**
 * Asks for a resume; emits when the server accepted it, which on some runtimes is before the sandbox runs
 * (`lifecycle.md` 6).
 */
export function resumeSandbox(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Resume sandbox", method: "POST", path: `${sandboxPath(id)}/resume`, noRetry: true });
}
