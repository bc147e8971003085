import type { Observable } from "rxjs";
import { distinctEntries } from "../distinct-entries.js";
import type { FilesContext } from "../files-context.js";
import { readPermission, type Permission } from "./permission.js";

const DEFAULT_MODE = 755;

/** One directory to make. */
export interface DirectoryEntry extends Permission {
  readonly path: string;
}

/** Makes directories and their parents (`execd.md` 6). */
export function createDirectories({ api, scope }: FilesContext, entries: readonly DirectoryEntry[]): Observable<void> {
  const json = distinctEntries("entries", entries, (at, entry) => ({
    mode: DEFAULT_MODE,
    ...readPermission(at, entry),
  }));
  return scope.guard(
    api.empty({ what: "Create directories", method: "POST", path: "/directories", json, idempotent: true }),
  );
}
