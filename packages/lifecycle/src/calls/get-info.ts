import type { Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";
import { parseSandboxInfo, type SandboxInfo } from "../info/sandbox-info.js";
import { sandboxPath } from "./sandbox-path.js";

/** Reads one sandbox (`lifecycle.md` 3). */
export function getInfo(api: Api, id: string): Observable<SandboxInfo> {
  return api.json({ what: "Get sandbox", method: "GET", path: sandboxPath(id) }, parseSandboxInfo);
}
