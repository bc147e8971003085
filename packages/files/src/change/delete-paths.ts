import type { Observable } from "rxjs";
import { completeInBackground, nonEmptyListOf, readText, type SandboxConnection } from "@rxsandbox/transport/calls";

/** Of the paths in a report about a deletion that failed after its subscriber had left. */
const MAX_SUBJECT_LENGTH = 200;

/** Deletes files, or directories with what is in them; carried through once subscribed (`execd.md` 6). */
export function deletePaths(
  connection: SandboxConnection,
  kind: "files" | "directories",
  paths: readonly string[],
): Observable<void> {
  const path = nonEmptyListOf(readText)("paths", paths);
  const id = path.join(", ").slice(0, MAX_SUBJECT_LENGTH);
  return completeInBackground(connection, { kind: "file", id }, (api) =>
    api.empty({ what: `Delete ${kind}`, method: "DELETE", path: `/${kind}`, query: { path } }),
  );
}
