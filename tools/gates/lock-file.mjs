// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";

const registry = "https://registry.npmjs.org/";

/**
 * Every locked package is a workspace link or comes with a checksum, from the public registry and nowhere else. @type
 * {import("./workspace.mjs").Gate}
 */
export const lockFile = {
  name: "lock file",
  check: (root) => {
    /** @type {{ packages: Record<string, { resolved?: string, link?: boolean, integrity?: string }> }} */
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    return Object.entries(lock.packages)
      .filter(([path, entry]) => path.includes("node_modules/") && entry.link !== true)
      .flatMap(([path, entry]) => [
        ...(entry.resolved === undefined || entry.resolved.startsWith(registry)
          ? []
          : [`${path}: comes from ${new URL(entry.resolved).origin}`]),
        ...(entry.integrity === undefined ? [`${path}: has no checksum`] : []),
      ]);
  },
};
