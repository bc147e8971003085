import type { Observable } from "rxjs";
import { InvalidArgumentError } from "@rxsandbox/transport";
import type { FilesContext } from "../files-context.js";
import { readObject } from "../read-object.js";
import { readPath } from "../read-path.js";
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
  { api, scope }: FilesContext,
  options: ListDirectoryOptions,
): Observable<readonly FileInfo[]> {
  const { path, depth } = readObject<ListDirectoryOptions>("options", options);
  if (depth !== undefined && (!Number.isSafeInteger(depth) || depth < 0))
    throw new InvalidArgumentError("depth", "must be an integer from 0");
  const query = { path: readPath("path", path), depth };
  return scope.guard(
    api.json({ what: "List directory", method: "GET", path: "/directories/list", query }, parseFileList),
  );
}
