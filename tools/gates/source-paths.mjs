// @ts-check
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Tracked and new text files; fixtures and generated files are somebody else's words.
 * @param {string} root
 * @returns {string[]} paths relative to `root`, with `/`
 */
export function sourcePaths(root) {
  const listed = existsSync(join(root, ".git"))
    ? execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
        cwd: root,
        encoding: "utf8",
      }).split("\n")
    : readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  return [...new Set(listed)]
    .filter((path) => /(\.(ts|tsx|mjs|js|json|md|sh|yml|yaml|html|css)|^\.ci\/run)$/.test(path))
    .filter((path) => !/(^|\/)(fixtures|node_modules|dist|\.nx)\/|package-lock\.json$|\.api\.md$/.test(path))
    .filter((path) => existsSync(join(root, path)));
}
