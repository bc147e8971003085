// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * @typedef {{ name: string, entry: string, external: string[], maxBytes: number, maxGzipBytes: number }} Budget
 * @typedef {{ bytes: number, gzipBytes: number, inputs: string[] }} Bundle
 */

/**
 * What a browser loads holds nothing of Node and is no larger than tools/bundle-budgets.json says. Reads `dist`. @type
 * {import("./workspace.mjs").Gate}
 */
export const bundleBudgets = {
  name: "bundle budgets",
  check: async (root) => {
    const violations = [];
    for (const budget of readBudgets(root)) violations.push(...(await budgetViolations(root, budget)));
    return violations;
  },
};

/**
 * @param {string} root
 * @returns {Budget[]}
 */
export function readBudgets(root) {
  return JSON.parse(readFileSync(join(root, "tools/bundle-budgets.json"), "utf8"));
}

/**
 * Bundles and minifies for browsers; a Node module fails to resolve there, which is an error of the build.
 * @param {string} root
 * @param {Budget} budget
 * @returns {Promise<Bundle>}
 */
export async function bundle(root, { entry, external }) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    external,
    logLevel: "silent",
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return {
    bytes: code.byteLength,
    gzipBytes: gzipSync(code, { level: 9 }).byteLength,
    inputs: Object.keys(metafile.inputs),
  };
}

/**
 * @param {string} root
 * @param {Budget} budget
 */
async function budgetViolations(root, budget) {
  try {
    const { bytes, gzipBytes, inputs } = await bundle(root, budget);
    const foreign = inputs.filter((path) => /(^|\/)node_modules\/undici\/|transport-undici\//.test(path)).slice(0, 1);
    return [
      ...foreign.map((path) => `${budget.name}: holds ${path}`),
      ...(bytes > budget.maxBytes ? [`${budget.name}: ${bytes} bytes minified, at most ${budget.maxBytes}`] : []),
      ...(gzipBytes > budget.maxGzipBytes
        ? [`${budget.name}: ${gzipBytes} bytes gzipped, at most ${budget.maxGzipBytes}`]
        : []),
    ];
  } catch (error) {
    return [`${budget.name}: ${error instanceof Error ? error.message.replaceAll("\n", " ") : String(error)}`];
  }
}
