import type { Observable } from "rxjs";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { distinctEntries } from "../distinct-entries.js";
import type { FilesContext } from "../files-context.js";
import { readPermission, type Permission } from "./permission.js";

/** What to change about one file; what is absent stays as it is. */
export interface PermissionEntry extends Permission {
  readonly path: string;
}

/** Changes mode, owner and group of what the paths name (`execd.md` 6). */
export function setPermissions({ api, scope }: FilesContext, entries: readonly PermissionEntry[]): Observable<void> {
  const json = distinctEntries("entries", entries, (at, entry) => {
    const permission = readPermission(at, entry);
    if (Object.keys(permission).length === 0)
      throw new InvalidArgumentError(at, "must have a mode, an owner or a group");
    return permission;
  });
  return scope.guard(
    api.empty({ what: "Set permissions", method: "POST", path: "/files/permissions", json, idempotent: true }),
  );
}
