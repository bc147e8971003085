// @ts-check
import ts from "typescript";

/**
 * The module that a snippet stands for: what it uses and does not import is imported, and every
 * `expression; // => value` becomes a check. Everything added goes into the first line, so line n of the snippet is
 * line n + 1 of the module.
 * @param {string} code
 * @param {(name: string) => string | undefined} moduleOf where a name comes from that the snippet does not declare
 * @returns {string}
 */
export function snippetModule(code, moduleOf) {
  const file = ts.createSourceFile("snippet.ts", code, ts.ScriptTarget.ES2022, true);
  const imports = [...freeNames(file)].flatMap((name) => {
    const from = moduleOf(name);
    return from === undefined ? [] : [`import { ${name} } from ${JSON.stringify(from)};`];
  });
  const check = 'import { isDeepStrictEqual as $isEqual, inspect as $inspect } from "node:util";';
  const fail =
    "function $check($actual: unknown, $expected: unknown): void { if (!$isEqual($actual, $expected)) throw new Error(`expected ${$inspect($expected)}, got ${$inspect($actual)}`); }";
  return `${[check, ...imports, fail].join(" ")}\n${withChecks(file)}\nexport {};\n`;
}

/** @param {ts.SourceFile} file */
function withChecks(file) {
  let text = "";
  let end = 0;
  for (const statement of file.statements) {
    const comment = /^[ \t]*\/\/ => (.*)/.exec(file.text.slice(statement.end))?.[1];
    if (comment === undefined || !ts.isExpressionStatement(statement)) continue;
    text += `${file.text.slice(end, statement.getStart())}$check(${statement.expression.getText()}, ${comment});`;
    end = statement.end;
  }
  return text + file.text.slice(end);
}

/**
 * Names that are used and neither declared nor imported. Scopes are not told apart: documentation does not shadow.
 * @param {ts.SourceFile} file
 */
function freeNames(file) {
  /** @type {string[]} */
  const used = [];
  /** @type {Set<string>} */
  const declared = new Set();
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const role = roleOf(node);
      if (role === "declared") declared.add(node.text);
      else if (role === "used") used.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return new Set(used.filter((name) => !declared.has(name)));
}

/**
 * @param {ts.Identifier} node
 * @returns {"declared" | "used" | "property"}
 */
function roleOf(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node ? "property" : "used";
  if (ts.isShorthandPropertyAssignment(parent)) return "used";
  const isMember =
    ts.isPropertyAssignment(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent);
  if (isMember && parent.name === node) return "property";
  if ((ts.isBindingElement(parent) || ts.isImportSpecifier(parent)) && parent.propertyName === node) return "property";
  return /** @type {{ name?: ts.Node }} */ (/** @type {unknown} */ (parent)).name === node ? "declared" : "used";
}
