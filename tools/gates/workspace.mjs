// @ts-check
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { importsOf } from "./imports.mjs";

/**
 * @typedef {{ path: string, text: string, ast: ts.SourceFile, imports: import("./imports.mjs").Import[], isSpec:
 * boolean }} SourceFile
 * @typedef {{ name?: string, private?: boolean, files?: string[], bin?: Record<string, string>, exports?: unknown,
 * imports?: unknown,
 *   description?: string, keywords?: string[], license?: string, homepage?: string,
 *   bugs?: { url?: string }, repository?: { url?: string, directory?: string },
 *   main?: string, types?: string, typesVersions?: Record<string, Record<string, string[]>>,
 *   dependencies?: Record<string, string>, devDependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} Manifest
 * @typedef {{ name: string, shortName: string, folder: string, manifest: Manifest, files: SourceFile[] }} Package
 * @typedef {{ root: string, manifest: Manifest, packages: Package[] }} Workspace
 * @typedef {{ name: string, check: (root: string) => string[] | Promise<string[]> }} Gate a check of the tree; each
 * string is one violation
 */

export const scope = "@rxsandbox/";

/** Files that run in tests only: they may use what the workspace root installs, and are neither built nor packed. */
export const specPattern = /\.(spec|test-d|bench)\.ts$|\/src\/(.+\/)?testing\//;

/**
 * Reads every package with its parsed sources. Paths are relative to `root` and use `/`.
 * @param {string} root
 * @returns {Workspace}
 */
export function readWorkspace(root) {
  const folders = existsSync(join(root, "packages")) ? readdirSync(join(root, "packages")).sort() : [];
  const packages = folders
    .filter((folder) => existsSync(join(root, "packages", folder, "package.json")))
    .map((folder) => readPackage(root, `packages/${folder}`));
  const manifest = existsSync(join(root, "package.json"))
    ? JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    : {};
  return { root, manifest, packages };
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Package}
 */
function readPackage(root, folder) {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const src = join(root, folder, "src");
  const paths = existsSync(src) ? readdirSync(src, { recursive: true, encoding: "utf8" }) : [];
  const files = paths
    .filter((path) => /\.(ts|tsx|mts)$/.test(path))
    .map((path) => readSource(root, `${folder}/src/${path.replaceAll("\\", "/")}`))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { name: manifest.name, shortName: manifest.name.replace(scope, ""), folder, manifest, files };
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {SourceFile}
 */
function readSource(root, path) {
  const text = readFileSync(join(root, path), "utf8");
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  return { path, text, ast, imports: importsOf(ast), isSpec: specPattern.test(path) };
}

/**
 * The package part of a bare specifier: `@scope/name/deep` gives `@scope/name`; `undefined` for relative, `#` and
 * `node:` specifiers.
 * @param {string} specifier
 */
export function packageOf(specifier) {
  if (/^(\.|\/|#|node:)/.test(specifier)) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
