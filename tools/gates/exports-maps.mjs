// @ts-check
import { readWorkspace } from "./workspace.mjs";

/** Entry points are named one by one; nothing internal can be reached; sources and build agree. @type {import("./workspace.mjs").Gate} */
export const exportsMaps = {
  name: "exports maps",
  check: (root) => readWorkspace(root).packages.flatMap(packageViolations),
};

/** @param {import("./workspace.mjs").Package} pkg */
function packageViolations({ folder, manifest, files }) {
  const where = `${folder}/package.json`;
  if (typeof manifest.exports !== "object" || manifest.exports === null) return [`${where}: has no exports map`];
  const privateImports = typeof manifest.imports === "object" ? manifest.imports : {};
  const sources = new Set(files.map((file) => file.path));
  return Object.entries({ ...manifest.exports, ...privateImports }).flatMap(([entry, conditions]) => {
    const targets = targetsOf(conditions);
    const problems = [entry, ...targets]
      .filter((path) => path.includes("*") || path.split("/").includes("internal"))
      .map((path) => `${path.includes("*") ? "wildcard" : "internal path"} "${path}"`);
    const missing = targets.filter((path) => path.startsWith("./src/") && !sources.has(`${folder}/${path.slice(2)}`)).map((path) => `"${path}" does not exist`);
    const built = targets.filter((path) => /^\.\/dist\/.*(?<!\.d)\.(js|ts)$/.test(path) && !sources.has(`${folder}/src/${path.slice("./dist/".length).replace(/\.js$/, ".ts")}`));
    return [...problems, ...missing, ...built.map((path) => `"${path}" has no source`)].map((problem) => `${where}: ${entry}: ${problem}`);
  });
}

/**
 * @param {unknown} conditions
 * @returns {string[]}
 */
function targetsOf(conditions) {
  if (typeof conditions === "string") return [conditions];
  return typeof conditions === "object" && conditions !== null ? Object.values(conditions).flatMap(targetsOf) : [];
}
