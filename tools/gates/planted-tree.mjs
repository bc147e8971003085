// @ts-check
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * Writes a tree for one test of a gate and removes it afterwards.
 * @template T
 * @param {Record<string, string | object>} files text, or an object that becomes JSON
 * @param {(root: string) => T | Promise<T>} use
 * @param {string} parent a folder below which packages of this workspace resolve, where the gate needs them
 * @returns {Promise<T>}
 */
export async function withPlantedTree(files, use, parent = tmpdir()) {
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, "rxsandbox-gate-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content, null, 2));
    }
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/**
 * The files of one package, with the manifest that a healthy package has.
 * @param {string} shortName
 * @param {Record<string, string>} sources by path below `src`
 * @param {object} manifest overrides
 * @returns {Record<string, string | object>}
 */
export function plantedPackage(shortName, sources, manifest = {}) {
  const entry = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } };
  const fields = { main: "./dist/index.js", types: "./dist/index.d.ts", exports: entry };
  return {
    [`packages/${shortName}/package.json`]: {
      name: `@rxsandbox/${shortName}`,
      version: "0.1.0",
      type: "module",
      ...fields,
      ...manifest,
    },
    [`packages/${shortName}/src/index.ts`]: "export {};\n",
    ...Object.fromEntries(Object.entries(sources).map(([path, text]) => [`packages/${shortName}/src/${path}`, text])),
  };
}
