import { chmod, copyFile, lchown, lstat, lutimes, mkdir, readdir, readlink, symlink, utimes } from "node:fs/promises";
import type { Stats } from "node:fs";
import { join } from "node:path";

const PERMISSIONS = 0o7777;
const OWN_READ = 0o400;
const OWN_ENTER = 0o500;

/** How to copy a tree. */
export interface CopyTreeOptions {
  readonly signal: AbortSignal;
  /** Paths relative to the source that are left out, with all below them. */
  readonly skipped?: readonly string[];
}

/**
 * Copies a directory: contents, modes, times, symbolic links as they are, and owners where this process may set them.
 *
 * Nothing is shared with the source: two names of one file become two files. Sockets, pipes and devices are left out. The source must
 * not change meanwhile; a name that disappears makes it reject.
 */
export async function copyTree(source: string, target: string, options: CopyTreeOptions): Promise<void> {
  await copyDirectory(source, target, "", await lstat(source), options);
}

async function copyDirectory(source: string, target: string, below: string, stat: Stats, options: CopyTreeOptions): Promise<void> {
  const names = await withAccess(source, stat, OWN_ENTER, () => readdir(source));
  // Its own mode comes last: it may forbid to write.
  await mkdir(target, { recursive: true, mode: 0o700 });
  await withAccess(source, stat, OWN_ENTER, async () => {
    for (const name of names) {
      options.signal.throwIfAborted();
      const path = below === "" ? name : join(below, name);
      if (options.skipped?.includes(path) === true) continue;
      await copyEntry(join(source, name), join(target, name), path, options);
    }
  });
  await keepOwner(target, stat);
  await chmod(target, stat.mode & PERMISSIONS);
  await utimes(target, stat.atime, stat.mtime);
}

async function copyEntry(source: string, target: string, path: string, options: CopyTreeOptions): Promise<void> {
  const stat = await lstat(source);
  if (stat.isDirectory()) return copyDirectory(source, target, path, stat, options);
  if (stat.isSymbolicLink()) {
    await symlink(await readlink(source), target);
    await keepOwner(target, stat);
    return lutimes(target, stat.atime, stat.mtime);
  }
  if (!stat.isFile()) return;
  await withAccess(source, stat, OWN_READ, () => copyFile(source, target));
  await keepOwner(target, stat);
  await chmod(target, stat.mode & PERMISSIONS);
  await utimes(target, stat.atime, stat.mtime);
}

/** A sandbox may forbid itself what this process, its owner, has to do. */
async function withAccess<T>(path: string, stat: Stats, wanted: number, work: () => Promise<T>): Promise<T> {
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
