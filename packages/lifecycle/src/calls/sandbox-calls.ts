import type { Observable } from "rxjs";
import type { Api } from "@rxsandbox/transport";
import { parseSandboxInfo, type SandboxInfo } from "../info/sandbox-info.js";

/** Path of one sandbox below the base of the lifecycle API. */
export function sandboxPath(id: string): `/${string}` {
  return `/sandboxes/${encodeURIComponent(id)}`;
}

/** Reads one sandbox (`lifecycle.md` 3). */
export function getInfo(api: Api, id: string): Observable<SandboxInfo> {
  return api.json({ what: "Get sandbox", method: "GET", path: sandboxPath(id) }, parseSandboxInfo);
}

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

/**
 * Asks for a resume; emits when the server accepted it, which on some runtimes is before the sandbox runs
 * (`lifecycle.md` 6).
 */
export function resumeSandbox(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Resume sandbox", method: "POST", path: `${sandboxPath(id)}/resume`, noRetry: true });
}
