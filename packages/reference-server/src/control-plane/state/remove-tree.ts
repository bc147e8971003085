import { randomUUID } from "node:crypto";
import { chmodSync, readdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { type HeldPath, holdPath } from "./held-path.js";

/**
 * Directories below this depth are moved up first: each level holds a descriptor, and a sandbox may nest as deep as it
 * likes.
 */
const MAX_DEPTH = 200;
/** How often the top is looked at again before something that writes to it meanwhile wins. */
const MAX_ROUNDS = 10_000;
const OWN_ALL = 0o700;

/**
 * Removes a directory with all below it; one that is not there is fine. Symbolic links are removed, never followed.
 *
 * A sandbox may have forbidden itself to enter its own directories: they are opened first. On Linux each directory is
 * held while it is emptied, so nothing outside the tree is touched even while somebody exchanges directories for links.
 * Throws `ENOTEMPTY` where new entries come as fast as they are removed.
 */
export function removeTree(path: string): void {
  const held = holdIfThere(path);
  if (held === undefined) return;
  try {
    if (!held.stat.isDirectory()) return unlinkSync(path);
    for (let round = 0; round < MAX_ROUNDS && !isEmptied(held); round++);
  } finally {
    held.close();
  }
  rmdirSync(path);
}

/** Goes once through the tree; true when there was nothing left to do. */
function isEmptied(top: HeldPath): boolean {
  letOwnerIn(top);
  const entries = readdirSync(top.path, { withFileTypes: true });
  for (const entry of entries) removeEntry(join(top.path, entry.name), entry.isDirectory(), top, 1);
  return entries.length === 0;
}

/** What changes its kind or its contents meanwhile is left for the next round. */
function removeEntry(path: string, isDirectory: boolean, top: HeldPath, depth: number): void {
  try {
    if (isDirectory) removeDirectory(path, top, depth);
    else unlinkSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EISDIR" && code !== "ENOTEMPTY" && code !== "EEXIST")
      throw error;
  }
}

function removeDirectory(path: string, top: HeldPath, depth: number): void {
  const held = holdPath(path);
  try {
    if (!held.stat.isDirectory()) return;
    letOwnerIn(held);
    if (depth === MAX_DEPTH) return renameSync(path, join(top.path, randomUUID()));
    for (const entry of readdirSync(held.path, { withFileTypes: true }))
      removeEntry(join(held.path, entry.name), entry.isDirectory(), top, depth + 1);
  } finally {
    held.close();
  }
  rmdirSync(path);
}

function letOwnerIn(directory: HeldPath): void {
  if ((directory.stat.mode & OWN_ALL) !== OWN_ALL) chmodSync(directory.path, OWN_ALL);
}

function holdIfThere(path: string): HeldPath | undefined {
  try {
    return holdPath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
