// @ts-check
import { exportTargets } from "./export-targets.mjs";

/**
 * A package that has a CommonJS build has one of every entry, and so have the packages of this workspace that it
 * depends on.
 * @param {import("./workspace.mjs").Package} pkg
 * @param {readonly import("./workspace.mjs").Package[]} packages
 * @returns {string[]}
 */
export function commonJsViolations({ manifest }, packages) {
  if (!hasCommonJs(manifest)) return [];
  const entries = Object.entries({
    .../** @type {object} */ (manifest.exports),
    .../** @type {object} */ (manifest.imports),
  });
  const dependencies = packages.filter(
    ({ name, manifest: other }) => manifest.dependencies?.[name] !== undefined && !hasCommonJs(other),
  );
  return [
    ...entries.flatMap(([entry, conditions]) =>
      entryProblems(entry, conditions).map((problem) => `${entry}: ${problem}`),
    ),
    ...dependencies.map(({ name }) => `depends on ${name}, which has no CommonJS build`),
  ];
}

/**
 * @param {string} entry
 * @param {unknown} conditions
 */
function entryProblems(entry, conditions) {
  const built = exportTargets(conditions).filter(({ path }) => /^\.\/dist\/.*\.c?[jt]s$/.test(path));
  if (built.length === 0) return [];
  const required = built.filter((target) => target.conditions.includes("require"));
  const rest = built.filter((target) => !target.conditions.includes("require"));
  if (required.length === 0) return ['has no "require" condition'];
  const problems = [
    ...required
      .filter(({ path }) => !/\.(cjs|d\.cts)$/.test(path))
      .map(({ path }) => `"${path}" under "require" does not end in .cjs or .d.cts`),
    ...rest
      .filter(({ path }) => /\.c[jt]s$/.test(path))
      .map(({ path }) => `"${path}" is CommonJS, but not under "require"`),
  ];
  const lacksTypes =
    entry.startsWith(".") && [required, rest].some((targets) => targets[0]?.conditions.at(-1) !== "types");
  return lacksTypes ? [...problems, '"types" is not the first condition of "import" and of "require"'] : problems;
}

/** @param {import("./workspace.mjs").Manifest} manifest */
function hasCommonJs({ exports }) {
  return exportTargets(exports).some(({ conditions }) => conditions.includes("require"));
}
