import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { ResumableStore } from "@rxsandbox/client";

/** Keeps a command in one file that only its owner can read. A crash leaves the old or the new content. */
export function tokenFile(path: string): ResumableStore {
  return {
    get: async () => {
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    set: async (_key, text) => {
      const written = `${path}.${process.pid}.tmp`;
      await writeFile(written, `${text}\n`, { mode: 0o600 });
      await rename(written, path);
    },
    remove: () => rm(path, { force: true }),
  };
}
