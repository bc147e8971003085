import type { Observable } from "rxjs";
import type { FilesContext } from "../files-context.js";
import { readPath } from "../read-path.js";
import { readObject } from "../read-object.js";
import type { FileInfo } from "./file-info.js";
import { parseFileList } from "./parse-file-list.js";

/** Where and what to search. */
export interface SearchOptions {
  /** Directory to begin at. */
  readonly path: string;
  /** Matched against the base name (`execd.md` 6): `*.ts`, not `src/*.ts`; everything when absent. */
  readonly pattern?: string;
}

/** Finds files and links below a directory (`execd.md` 6). */
export function searchFiles({ api, scope }: FilesContext, options: SearchOptions): Observable<readonly FileInfo[]> {
  const { path, pattern } = readObject<SearchOptions>("options", options);
  const query = {
    path: readPath("path", path),
    ...(pattern !== undefined && { pattern: readPath("pattern", pattern) }),
  };
  return scope.guard(api.json({ what: "Search files", method: "GET", path: "/files/search", query }, parseFileList));
}
