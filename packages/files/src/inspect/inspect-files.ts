import type { Observable } from "rxjs";
import { ProtocolError } from "@rxsandbox/transport";
import { integerFrom, nonEmptyListOf, readOptions, readText, type SandboxConnection } from "@rxsandbox/transport/calls";
import { parseFileInfo, type FileInfo } from "./file-info.js";

/** Describes what the paths name, by requested path (`execd.md` 6). */
export function getFileInfo(
  { api }: SandboxConnection,
  paths: readonly string[],
): Observable<Readonly<Record<string, FileInfo>>> {
  const path = nonEmptyListOf(readText)("paths", paths);
  return api.json({ what: "Get file info", method: "GET", path: "/files/info", query: { path } }, parseFileMap);
}

function parseFileMap(value: unknown): Readonly<Record<string, FileInfo>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProtocolError("the answer has no map of files");
  return Object.fromEntries(Object.entries(value).map(([path, file]) => [path, parseFileInfo(file)]));
}

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

/** Reads a list of files from an answer; throws a `ProtocolError` when it is malformed. */
export function parseFileList(value: unknown): readonly FileInfo[] {
  if (!Array.isArray(value)) throw new ProtocolError("the answer has no list of files");
  return value.map(parseFileInfo);
}
