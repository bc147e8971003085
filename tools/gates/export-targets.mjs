// @ts-check

/**
 * @typedef {{ path: string, conditions: string[] }} Target a file that a manifest names, and the conditions under which
 * it is taken
 */

/**
 * Every file that a map of a manifest names (`exports`, `imports`, `bin`, or one entry of them), in order.
 * @param {unknown} value
 * @param {string[]} conditions
 * @returns {Target[]}
 */
export function exportTargets(value, conditions = []) {
  if (typeof value === "string") return [{ path: value, conditions }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    exportTargets(inner, /^[.#]/.test(key) ? conditions : [...conditions, key]),
  );
}

/**
 * The source of a built file: `dist/a.js`, `dist/a.d.ts`, `dist/cjs/a.cjs` and `dist/cjs/a.d.cts` are made from
 * `src/a.ts`.
 * @param {string} path
 */
export function sourceOf(path) {
  return path.replace(/^(\.\/)?dist\/(cjs\/)?/, "src/").replace(/(\.d)?\.c?[jt]s$/, ".ts");
}
