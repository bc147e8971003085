import type { Observable } from "rxjs";
import { carryThrough } from "@rxsandbox/transport";
import { nonEmptyListOf, readText } from "@rxsandbox/transport/calls";
import type { FilesContext } from "../files-context.js";

/** Of the paths in a report about a deletion that failed after its subscriber had left. */
const MAX_SUBJECT_LENGTH = 200;

/** Deletes files, or directories with what is in them; carried through once subscribed (`execd.md` 6). */
export function deletePaths(
  { api, scope }: FilesContext,
  kind: "files" | "directories",
  paths: readonly string[],
): Observable<void> {
  const path = nonEmptyListOf(readText)("paths", paths);
  const deletion = api.empty({ what: `Delete ${kind}`, method: "DELETE", path: `/${kind}`, query: { path } });
  return scope.guard(carryThrough(deletion, scope, { kind: "file", id: path.join(", ").slice(0, MAX_SUBJECT_LENGTH) }));
}
