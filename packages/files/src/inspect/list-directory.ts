import type { Observable } from "rxjs";
import { integerFrom, readOptions, readText, type SandboxConnection } from "@rxsandbox/transport/calls";
import type { FileInfo } from "./file-info.js";
import { parseFileList } from "./parse-file-list.js";

/** Which directory to list, and how deep. */
export interface ListDirectoryOptions {
  readonly path: string;
  /** Levels below the directory: 1 when absent, which is its own entries; 0 lists nothing. */
  readonly depth?: number;
}

/** Lists a directory in name order, each directory before what is in it (`execd.md` 6). */
export function listDirectory(
  { api }: SandboxConnection,
  options: ListDirectoryOptions,
): Observable<readonly FileInfo[]> {
  const query = readOptions(options, { depth: integerFrom(0) }, { path: readText });
  return api.json({ what: "List directory", method: "GET", path: "/directories/list", query }, parseFileList);
}
