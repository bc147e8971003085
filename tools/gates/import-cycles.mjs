// @ts-check
import { posix } from "node:path";
import { packageOf, readWorkspace } from "./workspace.mjs";

/**
 * No file is loaded by way of itself, no package depends on itself by way of others.
 * Type-only imports are no load, so between files they may go both ways; between packages they count.
 * @type {import("./workspace.mjs").Gate}
 */
export const importCycles = {
  name: "import cycles",
  check: (root) => {
    const { packages } = readWorkspace(root);
    const files = packages.flatMap((pkg) => pkg.files);
    const paths = new Set(files.map((file) => file.path));
    const fileGraph = new Map(
      files.map((file) => [
        file.path,
        file.imports
          .filter((found) => !found.isTypeOnly)
          .flatMap((found) => targetOf(file.path, found.specifier, paths)),
      ]),
    );
    const names = new Set(packages.map((pkg) => pkg.name));
    const packageGraph = new Map(
      packages.map((pkg) => {
        const targets = pkg.files
          .filter((file) => !file.isSpec)
          .flatMap((file) => file.imports.map((found) => packageOf(found.specifier) ?? ""));
        return [pkg.name, [...new Set(targets)].filter((name) => names.has(name))];
      }),
    );
    return [...cyclesOf(fileGraph), ...cyclesOf(packageGraph)].map((cycle) => cycle.join(" -> "));
  },
};

/**
 * @param {string} from
 * @param {string} specifier
 * @param {Set<string>} paths
 */
function targetOf(from, specifier, paths) {
  if (!specifier.startsWith(".")) return [];
  const target = posix.join(posix.dirname(from), specifier).replace(/\.js$/, ".ts");
  return paths.has(target) ? [target] : [];
}

/**
 * One cycle for each edge that closes one, by depth-first search.
 * @param {Map<string, string[]>} graph
 * @returns {string[][]}
 */
export function cyclesOf(graph) {
  /** @type {string[][]} */
  const cycles = [];
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {string[]} */
  const trail = [];
  /** @param {string} node */
  const visit = (node) => {
    const start = trail.indexOf(node);
    if (start >= 0) cycles.push([...trail.slice(start), node]);
    if (start >= 0 || done.has(node)) return;
    trail.push(node);
    for (const next of graph.get(node) ?? []) visit(next);
    trail.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return cycles;
}
