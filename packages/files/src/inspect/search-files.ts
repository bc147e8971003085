import type { Observable } from "rxjs";
import { readOptions, readText, type SandboxConnection } from "@rxsandbox/transport/calls";
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
export function searchFiles({ api }: SandboxConnection, options: SearchOptions): Observable<readonly FileInfo[]> {
  const query = readOptions(options, { pattern: readText }, { path: readText });
  return api.json({ what: "Search files", method: "GET", path: "/files/search", query }, parseFileList);
}
