import type { Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";
import { parseSandboxInfo, type SandboxInfo } from "../info/sandbox-info.js";
import { sandboxPath } from "./sandbox-path.js";

/** Merges labels; `null` deletes one. Emits the sandbox as it is then. */
export function patchMetadata(
  api: Api,
  id: string,
  patch: Readonly<Record<string, string | null>>,
): Observable<SandboxInfo> {
  return api.json(
    { what: "Patch metadata", method: "PATCH", path: `${sandboxPath(id)}/metadata`, json: patch },
    parseSandboxInfo,
  );
}
