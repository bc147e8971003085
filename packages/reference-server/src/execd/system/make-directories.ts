import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { errnoCode, errnoText } from "./go-errno.js";

/**
 * Creates a directory and its parents like `mkdir -p`; resolves to true when the leaf did not exist.
 *
 * Rejects with the daemon's text, `mkdir <path>: not a directory`, naming the ancestor that failed.
 */
export async function makeDirectories(path: string): Promise<boolean> {
  const missing: string[] = [];
  for (let at = path; !(await isDirectory(at)); at = dirname(at)) {
    missing.unshift(at);
    if (dirname(at) === at) break;
  }
  for (const directory of missing) {
    try {
      await mkdir(directory);
    } catch (error) {
      // Another request may have made it meanwhile.
      if (errnoCode(error) !== "EEXIST") throw new Error(`mkdir ${directory}: ${errnoText(error)}`, { cause: error });
    }
  }
  return missing.length > 0;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (errnoCode(error) === "ENOENT") return false;
    if (errnoCode(error) === "ENOTDIR") return false;
    throw new Error(`stat ${path}: ${errnoText(error)}`, { cause: error });
  }
  throw new Error(`mkdir ${path}: not a directory`);
}
