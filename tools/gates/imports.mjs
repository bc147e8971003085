// @ts-check
import ts from "typescript";

/** @typedef {{ specifier: string, isTypeOnly: boolean, line: number }} Import */

/**
 * Every module that a file names: imports, re-exports, `import()`, `require()` and import types.
 *
 * `import { type A } from "x"` is no type-only import: under `verbatimModuleSyntax` it still loads `x`.
 * @param {ts.SourceFile} file
 * @returns {Import[]}
 */
export function importsOf(file) {
  /** @type {Import[]} */
  const found = [];
  /** @param {ts.Node} specifier @param {boolean} isTypeOnly */
  const add = (specifier, isTypeOnly) => {
    if (!ts.isStringLiteralLike(specifier)) return;
    found.push({
      specifier: specifier.text,
      isTypeOnly,
      line: file.getLineAndCharacterOfPosition(specifier.getStart()).line + 1,
    });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.arguments[0] !== undefined && loadsModule(node.expression)) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** @param {ts.Expression} callee */
function loadsModule(callee) {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}
