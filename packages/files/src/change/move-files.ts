import type { Observable } from "rxjs";
import { nonEmptyListOf, objectOf, readText, type SandboxConnection } from "@rxsandbox/transport/calls";

/** One file or directory to move, with its new path: the directory to move it into is not enough. */
export interface MoveEntry {
  readonly src: string;
  readonly dest: string;
}

const readMove = objectOf({}, { src: readText, dest: readText });

/** Moves files and directories one after the other (`execd.md` 6). */
export function moveFiles({ api }: SandboxConnection, entries: readonly MoveEntry[]): Observable<void> {
  const json = nonEmptyListOf(readMove)("entries", entries);
  return api.empty({ what: "Move files", method: "POST", path: "/files/mv", json });
}
