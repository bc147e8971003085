import type { Observable } from "rxjs";
import { objectOf, readText, type SandboxConnection } from "@rxsandbox/transport/calls";
import { readByPath } from "../read-by-path.js";
import { permissionReads, type Permission } from "./permission.js";

const DEFAULT_MODE = 755;

/** One directory to make. */
export interface DirectoryEntry extends Permission {
  readonly path: string;
}

const readDirectory = objectOf(permissionReads, { path: readText });

/** Makes directories and their parents (`execd.md` 6). */
export function createDirectories({ api }: SandboxConnection, entries: readonly DirectoryEntry[]): Observable<void> {
  const json = readByPath("entries", entries, (path, entry) => ({ mode: DEFAULT_MODE, ...readDirectory(path, entry) }));
  return api.empty({ what: "Create directories", method: "POST", path: "/directories", json, idempotent: true });
}
