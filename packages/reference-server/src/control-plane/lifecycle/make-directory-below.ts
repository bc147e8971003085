import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isWithin } from "../../drivers/namespace/visible-host-paths.js";
import { type HeldPath, holdPath } from "../state/held-path.js";

/**
 * Makes the directory `path`, with what is missing above it, and returns its real path.
 *
 * Links that are there may lead anywhere below `roots`. Returns undefined when one leads out of all of them, or when a
 * directory is exchanged for a link meanwhile: nothing is made behind it. Throws what the file system throws.
 */
export function makeDirectoryBelow(path: string, roots: readonly string[]): string | undefined {
  const missing: string[] = [];
  let existing = path;
  for (; !existsSync(existing); existing = dirname(existing)) missing.unshift(basename(existing));
  const real = realpathSync(existing);
  if (!roots.some((root) => isWithin(real, root))) return undefined;
  const isMade = walk(
    real.split("/").filter((name) => name !== ""),
    missing,
  );
  return isMade ? join(real, ...missing) : undefined;
}

/** Goes down from `/` through directories only, held one by one; false at the first that is a link. */
function walk(present: readonly string[], missing: readonly string[]): boolean {
  let at: HeldPath = holdPath("/");
  try {
    for (const [index, name] of [...present, ...missing].entries()) {
      const path = join(at.path, name);
      if (index >= present.length) makeUnlessThere(path);
      const next = holdPath(path);
      at.close();
      at = next;
      if (!at.stat.isDirectory()) return false;
    }
    return true;
  } finally {
    at.close();
  }
}

function makeUnlessThere(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
