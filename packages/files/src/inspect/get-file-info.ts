import type { Observable } from "rxjs";
import { ProtocolError } from "@rxsandbox/transport";
import { nonEmptyListOf, readText, type SandboxConnection } from "@rxsandbox/transport/calls";
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
