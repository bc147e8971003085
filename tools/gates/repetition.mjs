// @ts-check
import { existsSync, readFileSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { runTool, violationsOf } from "./run-tool.mjs";

const budgetPath = "tools/repetition-budget.json";
const report = "reports/repetition";
/** Two places repeat each other when they share this many tokens and lines, comments not counted. */
const size = ["--min-tokens", "40", "--min-lines", "5", "--mode", "weak"];
/** Tests may repeat themselves, and so may the projects of strangers. */
const ignored = ["**/*.spec.ts", "**/*.test-d.ts", "**/*.bench.ts", "**/testing/**", "tools/stranger/consumers/**"];

/** @typedef {{ name: string, start: number, end: number }} Place */

/**
 * The sources hold no more repeated code than the budget allows, and the budget is no larger than it must be: it only
 * falls.
 * @type {import("./workspace.mjs").Gate}
 */
export const repetition = {
  name: "repetition",
  check: async (root) => {
    const folders = ["tools", ...sourceFolders(root)].filter((folder) => existsSync(join(root, folder)));
    const where = ["--absolute", "--format", "typescript,javascript", "--ignore", ignored.join()];
    const output = ["--reporters", "json", "--output", report, "--silent", "--no-tips"];
    rmSync(join(root, report), { recursive: true, force: true });
    const result = await runTool("jscpd", [...folders, ...size, ...where, ...output], root);
    if (result.status !== 0) return violationsOf(result);
    return budgetViolations(root, readPairs(root));
  },
};

/** @param {string} root */
function sourceFolders(root) {
  const packages = existsSync(join(root, "packages")) ? readdirSync(join(root, "packages")).sort() : [];
  return packages.map((name) => `packages/${name}/src`);
}

/**
 * @param {string} root
 * @returns {{ tokens: number, places: string }[]} the longest first
 */
function readPairs(root) {
  /** @type {{ duplicates: { tokens: number, firstFile: Place, secondFile: Place }[] }} */
  const { duplicates } = JSON.parse(readFileSync(join(root, report, "jscpd-report.json"), "utf8"));
  const base = realpathSync(root);
  const show = (/** @type {Place} */ { name, start }) => `${relative(base, name).replaceAll("\\", "/")}:${start}`;
  return duplicates
    .map(({ tokens, firstFile, secondFile }) => ({
      tokens,
      places: [firstFile, secondFile].map(show).sort().join(" and "),
    }))
    .sort((a, b) => b.tokens - a.tokens || (a.places < b.places ? -1 : 1));
}

/**
 * @param {string} root
 * @param {ReturnType<typeof readPairs>} pairs
 */
function budgetViolations(root, pairs) {
  const found = { pairs: pairs.length, tokens: pairs.reduce((sum, { tokens }) => sum + tokens, 0) };
  /** @type {typeof found} */
  const budget = JSON.parse(readFileSync(join(root, budgetPath), "utf8"));
  const said = `${found.pairs} pairs with ${found.tokens} tokens, and the budget is ${budget.pairs} with ${budget.tokens}`;
  if (found.pairs > budget.pairs || found.tokens > budget.tokens)
    return [
      `there is more repeated code than the budget allows: ${said}. Write it once; the budget only falls`,
      ...pairs.map(({ tokens, places }) => `${tokens} tokens: ${places}`),
    ];
  if (found.pairs < budget.pairs || found.tokens < budget.tokens)
    return [`there is less repeated code: ${said}. Write ${JSON.stringify(found)} into ${budgetPath}`];
  return [];
}
