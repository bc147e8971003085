import type { Observable } from "rxjs";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { objectOf, readText, type SandboxConnection } from "@rxsandbox/transport/calls";
import { readByPath } from "../read-by-path.js";
import { permissionReads, type Permission } from "./permission.js";

/** What to change about one file; what is absent stays as it is. */
export interface PermissionEntry extends Permission {
  readonly path: string;
}

const readFields = objectOf(permissionReads, { path: readText });

/** Changes mode, owner and group of what the paths name (`execd.md` 6). */
export function setPermissions({ api }: SandboxConnection, entries: readonly PermissionEntry[]): Observable<void> {
  const json = readByPath("entries", entries, readEntry);
  return api.empty({ what: "Set permissions", method: "POST", path: "/files/permissions", json, idempotent: true });
}

function readEntry(path: string, value: unknown): ReturnType<typeof readFields> {
  const entry = readFields(path, value);
  if (Object.keys(entry).length === 1) throw new InvalidArgumentError(path, "must have a mode, an owner or a group");
  return entry;
}
