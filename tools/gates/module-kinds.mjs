// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { exportTargets } from "./export-targets.mjs";
import { importsOf } from "./imports.mjs";

/**
 * The entries of a package are of the kind that their names promise: `.js` is an ES module, `.cjs` is CommonJS, and a
 * `.d.cts` refers to no ES module.
 * @param {string} folder
 * @param {import("./workspace.mjs").Manifest} manifest
 * @param {readonly string[]} paths what would be packed
 * @returns {string[]}
 */
export function moduleKindViolations(folder, manifest, paths) {
  const entries = [manifest.exports, manifest.imports].flatMap((map) =>
    exportTargets(map).map(({ path }) => path.replace(/^\.\//, "")),
  );
  const checked = new Set(
    [...entries, ...paths.filter((path) => /\.c(js|ts)$/.test(path))].filter((path) =>
      /^dist\/.*\.c?[jt]s$/.test(path),
    ),
  );
  const packed = new Set(paths);
  return [...checked]
    .filter((path) => existsSync(join(folder, path)))
    .flatMap((path) =>
      kindProblems(path, readFileSync(join(folder, path), "utf8"), packed).map((problem) => `"${path}" ${problem}`),
    );
}

/**
 * @param {string} path
 * @param {string} text
 * @param {ReadonlySet<string>} packed
 * @returns {string[]}
 */
function kindProblems(path, text, packed) {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  if (path.endsWith(".d.cts")) {
    const targets = importsOf(ast)
      .map(({ specifier }) => specifier)
      .filter((specifier) => specifier.startsWith("."));
    const resolved = targets.map((target) => posix.join(posix.dirname(path), target.replace(/\.cjs$/, ".d.cts")));
    return resolved
      .filter((target) => !target.endsWith(".d.cts") || !packed.has(target))
      .map((target) => `refers to "${target}", which is not a packed .d.cts file`);
  }
  const isModule = ast.statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) ||
      ts.isExportDeclaration(statement) ||
      ts.isExportAssignment(statement) ||
      isExported(statement),
  );
  if (path.endsWith(".cjs"))
    return isModule ? ["is an ES module"] : /\bexports\b/.test(text) ? [] : ["exports nothing"];
  return isModule ? [] : ["is not an ES module"];
}

/** @param {ts.Statement} statement */
function isExported(statement) {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}
