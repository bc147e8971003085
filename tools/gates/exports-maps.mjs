// @ts-check
import { commonJsViolations } from "./commonjs-exports.mjs";
import { exportTargets, sourceOf } from "./export-targets.mjs";
import { legacyFieldViolations } from "./legacy-fields.mjs";
import { readWorkspace } from "./workspace.mjs";

/**
 * Entry points are named one by one; nothing internal can be reached; sources and build agree; tools that do not read
 * `exports` find the same files; what CommonJS can load, it can load as a whole.
 * @type {import("./workspace.mjs").Gate}
 */
export const exportsMaps = {
  name: "exports maps",
  check: (root) => {
    const { packages } = readWorkspace(root);
    return packages.flatMap((pkg) => {
      const where = `${pkg.folder}/package.json`;
      if (typeof pkg.manifest.exports !== "object" || pkg.manifest.exports === null)
        return [`${where}: has no exports map`];
      const legacy = pkg.manifest.private === true ? [] : legacyFieldViolations(pkg.manifest);
      return [...targetViolations(pkg), ...legacy, ...commonJsViolations(pkg, packages)].map(
        (problem) => `${where}: ${problem}`,
      );
    });
  },
};

/** @param {import("./workspace.mjs").Package} pkg */
function targetViolations({ folder, manifest, files }) {
  const sources = new Set(files.map((file) => file.path));
  return Object.entries({
    .../** @type {object} */ (manifest.exports),
    .../** @type {object} */ (manifest.imports),
  }).flatMap(([entry, conditions]) => {
    const targets = exportTargets(conditions).map(({ path }) => path);
    const wildcards = [entry, ...targets].filter((path) => path.includes("*")).map((path) => `wildcard "${path}"`);
    const internal = targets
      .filter((path) => path.split("/").includes("internal"))
      .map((path) => `internal path "${path}"`);
    const missing = targets
      .filter((path) => path.startsWith("./src/") && !sources.has(`${folder}/${path.slice(2)}`))
      .map((path) => `"${path}" does not exist`);
    const built = targets.filter(
      (path) => /^\.\/dist\/.*\.c?[jt]s$/.test(path) && !sources.has(`${folder}/${sourceOf(path)}`),
    );
    return [...wildcards, ...internal, ...missing, ...built.map((path) => `"${path}" has no source`)].map(
      (problem) => `${entry}: ${problem}`,
    );
  });
}
