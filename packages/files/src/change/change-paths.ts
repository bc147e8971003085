import type { Observable } from "rxjs";
import { InvalidArgumentError } from "@rxsandbox/transport";
import {
  completeInBackground,
  nonEmptyListOf,
  objectOf,
  readText,
  type SandboxConnection,
} from "@rxsandbox/transport/calls";
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

/** What to change about one file; what is absent stays as it is. */
export interface PermissionEntry extends Permission {
  readonly path: string;
}

const readFields = objectOf(permissionReads, { path: readText });

/** Changes mode, owner and group of what the paths name (`execd.md` 6). */
export function setPermissions({ api }: SandboxConnection, entries: readonly PermissionEntry[]): Observable<void> {
  const json = readByPath("entries", entries, readEntry);
  return api.empty({ what: "Set permissions", method: "POST", path: "/files/permissions", json, idempotent: true });
}

function readEntry(path: string, value: unknown): ReturnType<typeof readFields> {
  const entry = readFields(path, value);
  if (Object.keys(entry).length === 1) throw new InvalidArgumentError(path, "must have a mode, an owner or a group");
  return entry;
}

/** Of the paths in a report about a deletion that failed after its subscriber had left. */
const MAX_SUBJECT_LENGTH = 200;

/** Deletes files, or directories with what is in them; carried through once subscribed (`execd.md` 6). */
export function deletePaths(
  connection: SandboxConnection,
  kind: "files" | "directories",
  paths: readonly string[],
): Observable<void> {
  const path = nonEmptyListOf(readText)("paths", paths);
  const id = path.join(", ").slice(0, MAX_SUBJECT_LENGTH);
  return completeInBackground(connection, { kind: "file", id }, (api) =>
    api.empty({ what: `Delete ${kind}`, method: "DELETE", path: `/${kind}`, query: { path } }),
  );
}
