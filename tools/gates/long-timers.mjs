// @ts-check
import ts from "typescript";
import { readWorkspace } from "./workspace.mjs";

/** Where the delay stands in calls that take one. @type {ReadonlyMap<string, number>} */
const globalTimers = new Map([
  ["setTimeout", 1],
  ["setInterval", 1],
]);
/** The same for what rxjs exports. @type {ReadonlyMap<string, number>} */
const rxjsTimers = new Map(
  [
    "timer",
    "interval",
    "delay",
    "timeout",
    "debounceTime",
    "throttleTime",
    "auditTime",
    "sampleTime",
    "bufferTime",
  ].map((name) => [name, 0]),
);
/** What makes long timers out of short ones. */
const homes = new Set([
  "packages/transport/src/timer/long-timer.ts",
  "packages/reference-server/src/shared/long-timer.ts",
]);

/** Packages whose waits are bounded by minutes: a run of the suite checks the one time limit that its user gives. */
const bounded = new Set(["conformance"]);

/**
 * A timer of the platform fires at once when its delay is above 2^31 - 1 ms. A delay that is not written down as a
 * number therefore goes through `startLongTimer` or `after`; a constant, or `Math.min` of anything and a constant, is
 * short by itself.
 * @type {import("./workspace.mjs").Gate}
 */
export const longTimers = {
  name: "long timers",
  check: (root) =>
    readWorkspace(root)
      .packages.filter(({ manifest, shortName }) => manifest.private !== true && !bounded.has(shortName))
      .flatMap((pkg) => pkg.files.filter((file) => !file.isSpec && !homes.has(file.path)).flatMap(fileViolations)),
};

/** @param {import("./workspace.mjs").SourceFile} file */
function fileViolations({ path, ast }) {
  const fromRxjs = importedFromRxjs(ast);
  /** @type {string[]} */
  const violations = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const name = timerName(node.expression);
      const index =
        name === "AbortSignal.timeout"
          ? 0
          : (globalTimers.get(name) ?? (fromRxjs.has(name) ? rxjsTimers.get(name) : undefined));
      if (index !== undefined && !delaysOf(node.arguments[index]).every(isShort)) {
        violations.push(
          `${path}:${ast.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${name} with a delay that may be longer than a timer of the platform: use startLongTimer or after`,
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return violations;
}

/** `setTimeout`, also of `globalThis` and `window`; `AbortSignal.timeout`. @param {ts.Expression} callee */
function timerName(callee) {
  const text = callee.getText();
  return text.replace(/^(globalThis|window|self|global)\./, "");
}

/**
 * The delays of one argument: `timeout` takes an object of them. @param {ts.Expression | undefined} argument @returns
 * {ts.Expression[]}
 */
function delaysOf(argument) {
  if (argument === undefined) return [];
  if (!ts.isObjectLiteralExpression(argument)) return [argument];
  return argument.properties.flatMap((property) =>
    ts.isPropertyAssignment(property) && /^(first|each)$/.test(property.name.getText()) ? [property.initializer] : [],
  );
}

/** @param {ts.Expression} delay @returns {boolean} */
function isShort(delay) {
  if (ts.isParenthesizedExpression(delay)) return isShort(delay.expression);
  if (ts.isNumericLiteral(delay)) return Number(delay.text) < 2 ** 31;
  if (ts.isIdentifier(delay)) return isConstant(delay) || isItemOfConstant(delay);
  if (ts.isBinaryExpression(delay)) return isShort(delay.left) && isShort(delay.right);
  return ts.isCallExpression(delay) && delay.expression.getText() === "Math.min" && delay.arguments.some(isShort);
}

/** @param {ts.Node} node */
function isConstant(node) {
  return ts.isIdentifier(node) && /^[A-Z][A-Z\d_]*$/.test(node.text);
}

/** `waitMs` in `for (const waitMs of WAITS_MS)`. @param {ts.Identifier} identifier */
function isItemOfConstant(identifier) {
  for (let node = identifier.parent; !ts.isSourceFile(node); node = node.parent) {
    if (
      ts.isForOfStatement(node) &&
      isConstant(node.expression) &&
      node.initializer.getText() === `const ${identifier.text}`
    )
      return true;
  }
  return false;
}

/** @param {ts.SourceFile} ast */
function importedFromRxjs(ast) {
  const names = ast.statements.filter(ts.isImportDeclaration).flatMap((statement) => {
    const bindings = statement.importClause?.namedBindings;
    const isRxjs = ts.isStringLiteral(statement.moduleSpecifier) && statement.moduleSpecifier.text === "rxjs";
    return isRxjs && bindings !== undefined && ts.isNamedImports(bindings)
      ? bindings.elements.map(({ name }) => name.text)
      : [];
  });
  return new Set(names);
}
