import type { Observable } from "rxjs";
import { nonEmptyListOf, objectOf, readText } from "@rxsandbox/transport/calls";
import type { FilesContext } from "../files-context.js";

/** One file or directory to move, with its new path: the directory to move it into is not enough. */
export interface MoveEntry {
  readonly src: string;
  readonly dest: string;
}

const readMove = objectOf({}, { src: readText, dest: readText });

/** Moves files and directories one after the other (`execd.md` 6). */
export function moveFiles({ api, scope }: FilesContext, entries: readonly MoveEntry[]): Observable<void> {
  const json = nonEmptyListOf(readMove)("entries", entries);
  return scope.guard(api.empty({ what: "Move files", method: "POST", path: "/files/mv", json }));
}
