// @ts-check
import { exportTargets } from "./export-targets.mjs";

/**
 * `main`, `types` and `typesVersions` name what `exports` names, for tools that do not read `exports`: TypeScript's
 * `node10` and older bundlers.
 * @param {import("./workspace.mjs").Manifest} manifest
 * @returns {string[]}
 */
export function legacyFieldViolations({ main, types, typesVersions, ...manifest }) {
  const exported = /** @type {Record<string, unknown>} */ (manifest.exports);
  const root = exportTargets(exported["."]).map(({ path }) => path);
  const violations = [];
  const code = root.filter((path) => /\/dist\/.*\.c?js$/.test(path));
  const expected = code.find((path) => path.endsWith(".cjs")) ?? code[0];
  if (main !== expected) violations.push(`main: is ${shown(main)}, must be ${shown(expected)}`);
  const declarations = declarationsOf(root)[0];
  if (types !== declarations) violations.push(`types: is ${shown(types)}, must be ${shown(declarations)}`);
  for (const [entry, conditions] of Object.entries(exported)) {
    const wanted = declarationsOf(exportTargets(conditions).map(({ path }) => path))[0];
    const listed = typesVersions?.["*"]?.[entry.slice("./".length)]?.[0];
    if (entry !== "." && listed !== wanted)
      violations.push(`typesVersions: ${entry} is ${shown(listed)}, must be ${shown(wanted)}`);
  }
  return violations;
}

/** @param {readonly string[]} paths */
function declarationsOf(paths) {
  return paths.filter((path) => path.endsWith(".d.ts"));
}

/** @param {string | undefined} path */
function shown(path) {
  return path === undefined ? "missing" : `"${path}"`;
}
