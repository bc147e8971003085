import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Removes a directory with all below it; one that is not there is fine. Symbolic links are removed, never followed.
 *
 * A sandbox may have forbidden itself to enter its own directories: they are opened first where that is in the way.
 */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM" && code !== "ENOTEMPTY") throw error;
    openDirectories(path);
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Lets their owner enter and change a directory and all below it. */
export function openDirectories(path: string): void {
  chmodSync(path, 0o700);
  for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) openDirectories(join(path, entry.name));
}
