// @ts-check
import { posix } from "node:path";
import { layers } from "./arrows.mjs";
import { readWorkspace } from "./workspace.mjs";

/**
 * The folders of a package with layers import downwards only, types included. Specs may import anything. @type
 * {import("./workspace.mjs").Gate}
 */
export const folderBoundaries = {
  name: "folder boundaries",
  check: (root) => {
    const { packages } = readWorkspace(root);
    return packages.flatMap((pkg) => {
      const order = layers[pkg.shortName];
      return order === undefined ? [] : [...tableViolations(pkg, order), ...importViolations(pkg, order)];
    });
  },
};

/**
 * @param {import("./workspace.mjs").Package} pkg
 * @param {readonly string[]} order
 */
function tableViolations({ folder, files }, order) {
  const there = new Set(files.flatMap(({ path, isSpec }) => (isSpec ? [] : (topFolder(folder, path) ?? []))));
  return [
    ...[...there]
      .filter((name) => !order.includes(name))
      .map((name) => `${folder}/src/${name}: has no place in the layers of tools/gates/arrows.mjs`),
    ...order
      .filter((name) => !there.has(name))
      .map((name) => `${folder}/src/${name}: is in the layers of tools/gates/arrows.mjs, but does not exist`),
  ];
}

/**
 * @param {import("./workspace.mjs").Package} pkg
 * @param {readonly string[]} order
 */
function importViolations({ folder, files }, order) {
  return files
    .filter(({ isSpec }) => !isSpec)
    .flatMap((file) => {
      const from = topFolder(folder, file.path);
      return file.imports.flatMap(({ specifier, line }) => {
        if (from === undefined || !specifier.startsWith(".")) return [];
        const target = posix.join(posix.dirname(file.path), specifier);
        const to = target.startsWith(`${folder}/src/`) ? topFolder(folder, target) : from;
        const where = `${file.path}:${line}: "${specifier}"`;
        if (to === undefined) return [`${where} is an entry point; import the file that it exports from`];
        return order.indexOf(to) <= order.indexOf(from) ? [] : [`${where} goes up: ${from} stands below ${to}`];
      });
    });
}

/**
 * The folder directly below `src`; `undefined` for an entry point, which stands in `src` itself.
 * @param {string} folder
 * @param {string} path
 */
function topFolder(folder, path) {
  const [name = "", ...rest] = path.slice(`${folder}/src/`.length).split("/");
  return rest.length === 0 ? undefined : name;
}
