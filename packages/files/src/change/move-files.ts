import type { Observable } from "rxjs";
import type { FilesContext } from "../files-context.js";
import { readObject } from "../read-object.js";
import { readEntries, readPath } from "../read-path.js";

/** One file or directory to move, with its new path: the directory to move it into is not enough. */
export interface MoveEntry {
  readonly src: string;
  readonly dest: string;
}

/** Moves files and directories one after the other (`execd.md` 6). */
export function moveFiles({ api, scope }: FilesContext, entries: readonly MoveEntry[]): Observable<void> {
  const json = readEntries("entries", entries).map((given, index) => {
    const at = `entries[${index}]`;
    const { src, dest } = readObject<MoveEntry>(at, given);
    return { src: readPath(`${at}.src`, src), dest: readPath(`${at}.dest`, dest) };
  });
  return scope.guard(api.empty({ what: "Move files", method: "POST", path: "/files/mv", json }));
}
