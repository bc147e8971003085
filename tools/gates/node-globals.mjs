// @ts-check
import { builtinModules } from "node:module";
import ts from "typescript";
import { nodeFiles, nodePackages } from "./arrows.mjs";
import { packageOf, readWorkspace } from "./workspace.mjs";

const globals = new Set([
  "process",
  "Buffer",
  "global",
  "require",
  "module",
  "exports",
  "__dirname",
  "__filename",
  "setImmediate",
  "clearImmediate",
]);
const modules = new Set([...builtinModules, "undici", "ws"]);

/**
 * Neutral packages run in browsers: no Node global, no Node module, no undici. Their specs run in Node. @type
 * {import("./workspace.mjs").Gate}
 */
export const nodeGlobals = {
  name: "node globals",
  check: (root) =>
    readWorkspace(root)
      .packages.filter((pkg) => !nodePackages.has(pkg.shortName))
      .flatMap((pkg) => pkg.files.filter((file) => !file.isSpec && !nodeFiles.has(file.path)).flatMap(fileViolations)),
};

/** @param {import("./workspace.mjs").SourceFile} file */
function fileViolations(file) {
  const imports = file.imports
    .filter(({ specifier }) => specifier.startsWith("node:") || modules.has(packageOf(specifier) ?? ""))
    .map(({ specifier, line }) => `${file.path}:${line}: "${specifier}" in a neutral package`);
  return [...imports, ...globalUses(file)];
}

/** @param {import("./workspace.mjs").SourceFile} file */
function globalUses({ path, ast }) {
  const declared = declaredNames(ast);
  /** @type {string[]} */
  const violations = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (
      ts.isIdentifier(node) &&
      globals.has(node.text) &&
      (isOfGlobalThis(node) || (!declared.has(node.text) && isReference(node)))
    ) {
      violations.push(
        `${path}:${ast.getLineAndCharacterOfPosition(node.getStart()).line + 1}: "${node.text}" in a neutral package`,
      );
    }
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(ast);
  return violations;
}

/** `globalThis.process`, also behind a cast. @param {ts.Identifier} node */
function isOfGlobalThis(node) {
  if (!ts.isPropertyAccessExpression(node.parent) || node.parent.name !== node) return false;
  /** @type {ts.Expression} */
  let target = node.parent.expression;
  while (ts.isParenthesizedExpression(target) || ts.isAsExpression(target) || ts.isNonNullExpression(target))
    target = target.expression;
  return ts.isIdentifier(target) && target.text === "globalThis";
}

/** A use of a variable, not the name of a property, label or declaration. @param {ts.Identifier} node */
function isReference(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent) || ts.isQualifiedName(parent)) return false;
  return !(
    ts.isMethodDeclaration(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent)
  );
}

/** @param {ts.SourceFile} ast */
function declaredNames(ast) {
  /** @type {Set<string>} */
  const names = new Set();
  /** @param {ts.Node} node */
  const visit = (node) => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node);
    if (isDeclaration && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return names;
}
