import { chmod, copyFile, lchown, lutimes, mkdir, readdir, readlink, symlink, utimes } from "node:fs/promises";
import type { Stats } from "node:fs";
import { join } from "node:path";
import { type HeldPath, holdPath } from "../state/held-path.js";

const PERMISSIONS = 0o7777;
const OWN_READ = 0o400;
const OWN_ENTER = 0o500;
/** Each level holds a descriptor, and a sandbox may nest as deep as it likes. */
const MAX_DEPTH = 256;

/** How to copy a tree. */
export interface CopyTreeOptions {
  readonly signal: AbortSignal;
  /** Paths relative to the source that are left out, with all below them. */
  readonly skipped?: readonly string[];
}

/**
 * Copies a directory: contents, modes, times, symbolic links as they are, and owners where this process may set them.
 *
 * Nothing is shared with the source: two names of one file become two files. Sockets, pipes and devices are left out.
 * The source should not change meanwhile: a name that disappears makes it reject. On Linux each entry is held while it
 * is copied, so nothing outside the source is read even if somebody exchanges entries for links. Rejects where
 * directories are nested more than 256 deep.
 */
export async function copyTree(source: string, target: string, options: CopyTreeOptions): Promise<void> {
  const held = holdPath(source);
  try {
    await copyDirectory(held, target, "", 0, options);
  } finally {
    held.close();
  }
}

async function copyDirectory(
  source: HeldPath,
  target: string,
  below: string,
  depth: number,
  options: CopyTreeOptions,
): Promise<void> {
  if (depth > MAX_DEPTH) throw new Error(`directories are nested more than ${MAX_DEPTH} deep`);
  // Its own mode comes last: it may forbid to write.
  await mkdir(target, { recursive: true, mode: 0o700 });
  await withAccess(source, OWN_ENTER, async () => {
    for (const name of await readdir(source.path)) {
      options.signal.throwIfAborted();
      const path = below === "" ? name : join(below, name);
      if (options.skipped?.includes(path) === true) continue;
      await copyEntry(join(source.path, name), join(target, name), path, depth + 1, options);
    }
  });
  await keepAttributes(target, source.stat);
}

async function copyEntry(
  source: string,
  target: string,
  path: string,
  depth: number,
  options: CopyTreeOptions,
): Promise<void> {
  const held = holdPath(source);
  try {
    if (held.stat.isDirectory()) return await copyDirectory(held, target, path, depth, options);
    if (held.stat.isSymbolicLink()) {
      // By name, as a held link cannot be read: whatever link is there now, its text is the sandbox's own.
      await symlink(await readlink(source), target);
      await keepOwner(target, held.stat);
      return await lutimes(target, held.stat.atime, held.stat.mtime);
    }
    if (!held.stat.isFile()) return;
    await withAccess(held, OWN_READ, () => copyFile(held.path, target));
    await keepAttributes(target, held.stat);
  } finally {
    held.close();
  }
}

async function keepAttributes(path: string, stat: Stats): Promise<void> {
  await keepOwner(path, stat);
  await chmod(path, stat.mode & PERMISSIONS);
  await utimes(path, stat.atime, stat.mtime);
}

/** A sandbox may forbid itself what this process, its owner, has to do. */
async function withAccess<T>({ path, stat }: HeldPath, wanted: number, work: () => Promise<T>): Promise<T> {
  const mode = stat.mode & PERMISSIONS;
  if ((mode & wanted) === wanted || process.getuid?.() === 0) return work();
  await chmod(path, mode | wanted);
  try {
    return await work();
  } finally {
    await chmod(path, mode);
  }
}

async function keepOwner(path: string, { uid, gid }: Stats): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, uid, gid);
}
