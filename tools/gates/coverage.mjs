// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Every operation is covered or says why not, and `docs/coverage.md` says the same as the code. @type
 * {import("./workspace.mjs").Gate}
 */
export const coverage = {
  name: "coverage",
  check: async (root) => {
    // Not at the top: it loads the built packages, which other gates do without.
    const { documentOf } = await import("../operations/document-of.mjs");
    const { text, problems } = await documentOf(root);
    return [...problems, ...staleness(root, text)];
  },
};

/**
 * What the committed document says otherwise than the code.
 * @param {string} root
 * @param {string} text
 */
export function staleness(root, text) {
  const committed = readFileSync(join(root, "docs/coverage.md"), "utf8");
  return committed === text ? [] : ["docs/coverage.md is out of date: npm run coverage:update"];
}
