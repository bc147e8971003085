import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";

import { errnoCode } from "./go-errno.js";

/**
 * Keeps paths inside the directories of a sandbox where the kernel does not.
 *
 * The files API and working directories are refused outside these roots, symbolic links included; commands themselves
 * are not confined by it. A path checked here can still be swapped by a process of the sandbox before it is used.
 */
export interface Confinement {
  /** True when `path`, links followed, is inside a root. `followLast: false` leaves a final link alone. */
  allows(path: string, followLast?: boolean): Promise<boolean>;
}

/** Makes the check for the given roots; `null` allows everything. */
export function confineTo(roots: readonly string[] | null): Confinement {
  if (roots === null) return { allows: async () => true };
  const realRoots = Promise.all(roots.map((root) => realpath(root).catch(() => resolve(root))));
  return {
    async allows(path, followLast = true) {
      const real = followLast
        ? await realOrFuture(path, 0)
        : join(await realOrFuture(dirname(path), 0), basename(path));
      return (await realRoots).some((root) => isInside(root, real));
    },
  };
}

const MAX_LINKS = 40;

/** Where `path` is, or would be after being created: existing ancestors and dangling links are resolved. */
async function realOrFuture(path: string, links: number): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoCode(error) !== "ENOENT" || links > MAX_LINKS) return "/";
  }
  const parent = dirname(path);
  const target = await readlink(path).catch(() => undefined);
  if (target !== undefined) return realOrFuture(resolve(await realOrFuture(parent, links + 1), target), links + 1);
  return parent === path ? path : join(await realOrFuture(parent, links), basename(path));
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith("../") && !way.startsWith("/"));
}
