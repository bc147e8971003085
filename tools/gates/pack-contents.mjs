// @ts-check
import { join } from "node:path";
import { exportTargets, sourceOf } from "./export-targets.mjs";
import { moduleKindViolations } from "./module-kinds.mjs";
import { runNpm } from "./run-tool.mjs";
import { readWorkspace } from "./workspace.mjs";

/**
 * What `npm pack` would put into a published package: every file that its manifest promises, of the kind that it
 * promises, and no spec, build record or stray file. Needs a build.
 * @type {import("./workspace.mjs").Gate}
 */
export const packContents = {
  name: "pack contents",
  check: async (root) => {
    const packages = readWorkspace(root).packages.filter((pkg) => pkg.manifest.private !== true);
    if (packages.length === 0) return [];
    const { status, stdout, stderr } = await runNpm(
      ["pack", "--dry-run", "--json", "--ignore-scripts", ...packages.map((pkg) => `--workspace=${pkg.name}`)],
      root,
    );
    if (status !== 0) return [`npm pack failed: ${stderr.split("\n")[0] ?? ""}`];
    const report = JSON.parse(stdout);
    /** @type {{ name: string, files: { path: string }[] }[]} */
    const packed = Array.isArray(report) ? report : Object.values(report);
    return packages.flatMap((pkg) => {
      const paths = packed.find((entry) => entry.name === pkg.name)?.files.map((file) => file.path) ?? [];
      return [
        ...contentViolations(pkg, paths),
        ...moduleKindViolations(join(root, pkg.folder), pkg.manifest, paths),
      ].map((problem) => `${pkg.folder}: ${problem}`);
    });
  },
};

/**
 * @param {Pick<import("./workspace.mjs").Package, "manifest" | "files" | "folder">} pkg
 * @param {readonly string[]} paths what would be packed
 * @returns {string[]}
 */
export function contentViolations({ manifest, files, folder }, paths) {
  const packed = new Set(paths);
  const { main, types, typesVersions, ...maps } = manifest;
  const fields = [main, types, ...Object.values(typesVersions?.["*"] ?? {}).flat()].filter(
    (path) => path !== undefined,
  );
  const promised = [
    ...fields,
    ...[maps.exports, maps.imports, maps.bin].flatMap((map) => exportTargets(map).map(({ path }) => path)),
  ].map((path) => path.replace(/^\.\//, ""));
  const built = files
    .filter((file) => !file.isSpec)
    .flatMap((file) => {
      const source = file.path.slice(folder.length + 1);
      const output = source.replace(/^src\//, "dist/").replace(/\.ts$/, "");
      return [source, `${output}.js`, `${output}.d.ts`];
    });
  const missing = [...new Set([...promised, ...built])]
    .filter((path) => !packed.has(path))
    .map((path) => `"${path}" would be missing`);
  const known = new Set([...built, ...built.map((path) => `${path}.map`), "package.json", "README.md", "LICENSE"]);
  // A bundle for each promised entry, what several of them share, and declarations for each source that the entries
  // show.
  const bundles = promised.filter((path) => path.endsWith(".cjs"));
  const isCommonJs = (/** @type {string} */ path) =>
    bundles.includes(path.replace(/\.map$/, "")) ||
    /^dist\/cjs\/shared\/[^/]+\.cjs(\.map)?$/.test(path) ||
    (path.endsWith(".d.cts") && known.has(sourceOf(path)));
  // Data that a manifest names beside sources and build: files, and directories with what is below them.
  const data = (manifest.files ?? []).filter((entry) => !/^(dist|src)$|[!*]/.test(entry));
  const isData = (/** @type {string} */ path) => data.some((entry) => path === entry || path.startsWith(`${entry}/`));
  const stray = paths
    .filter((path) => !known.has(path) && !isCommonJs(path) && !isData(path))
    .map((path) => `"${path}" does not belong into the package`);
  return [...missing, ...stray];
}
