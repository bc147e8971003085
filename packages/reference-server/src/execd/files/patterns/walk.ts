import type { Dirent } from "node:fs";
import { opendir } from "node:fs/promises";
import { join } from "node:path";

/** One entry below a directory. */
export interface WalkEntry {
  readonly path: string;
  readonly name: string;
  readonly isDirectory: boolean;
}

/**
 * Walks a directory in pre-order, names in byte order, links never followed; `depth` 1 is the directory's own entries.
 *
 * Directories that cannot be read, or went away, are left out. Bounds: the names of one directory per level.
 */
export async function* walk(directory: string, depth: number): AsyncGenerator<WalkEntry> {
  if (depth <= 0) return;
  for (const entry of await sortedEntries(directory)) {
    const path = join(directory, entry.name);
    yield { path, name: entry.name, isDirectory: entry.isDirectory() };
    if (entry.isDirectory()) yield* walk(path, depth - 1);
  }
}

async function sortedEntries(directory: string): Promise<readonly Dirent[]> {
  const entries: Dirent[] = [];
  try {
    for await (const entry of await opendir(directory)) entries.push(entry);
  } catch {
    return [];
  }
  return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}
