// @ts-check
import { posix } from "node:path";
import { arrowBetween, arrows } from "./arrows.mjs";
import { packageOf, readWorkspace, scope } from "./workspace.mjs";

/** Imports follow the arrows between packages, in specs too. @type {import("./workspace.mjs").Gate} */
export const packageBoundaries = {
  name: "package boundaries",
  check: (root) => {
    const { packages } = readWorkspace(root);
    const entries = new Set(
      packages.flatMap(({ name, manifest }) =>
        Object.keys(manifest.exports ?? {}).map((entry) => posix.join(name, entry)),
      ),
    );
    return packages.flatMap((pkg) => packageViolations(pkg, entries));
  },
};

/**
 * @param {import("./workspace.mjs").Package} pkg
 * @param {ReadonlySet<string>} entries what exports maps offer
 */
function packageViolations(pkg, entries) {
  if (arrows[pkg.shortName] === undefined) return [`${pkg.folder}: has no row in tools/gates/arrows.mjs`];
  return pkg.files.flatMap((file) =>
    file.imports.flatMap((found) => {
      const problem = problemOf(pkg, file, found, entries);
      return problem === undefined ? [] : [`${file.path}:${found.line}: ${problem}`];
    }),
  );
}

/**
 * @param {import("./workspace.mjs").Package} pkg
 * @param {import("./workspace.mjs").SourceFile} file
 * @param {import("./imports.mjs").Import} found
 * @param {ReadonlySet<string>} entries
 */
function problemOf(pkg, file, { specifier, isTypeOnly }, entries) {
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(file.path), specifier);
    return target.startsWith(`${pkg.folder}/`) ? undefined : `"${specifier}" leaves the package`;
  }
  const name = packageOf(specifier);
  if (name === "@alibaba-group/opensandbox" && pkg.shortName !== "benchmarks")
    return "the official SDK is a dependency of benchmarks only";
  if (name?.startsWith(scope) !== true) return undefined;
  if (!entries.has(specifier) && name !== specifier)
    return `"${specifier}" reaches inside ${name}; import what its index exports`;
  const to = name.slice(scope.length);
  if (to === pkg.shortName) return "a package imports itself by relative paths";
  const arrow = arrowBetween(pkg.shortName, to);
  if (arrow === "any") return undefined;
  if (arrow === "types")
    return isTypeOnly ? undefined : `${pkg.shortName} may use types of ${to} only: write "import type"`;
  if (arrow !== undefined) {
    const allowed = `${pkg.folder}/${arrow.onlyFrom}`;
    return file.path === allowed || (allowed.endsWith("/") && file.path.startsWith(allowed))
      ? undefined
      : `only ${allowed} may import ${to}`;
  }
  // testkit knows transport by its types only, so transport's own specs may use it without a cycle of what is loaded.
  const knowsTransport = pkg.shortName === "transport" || arrowBetween(pkg.shortName, "transport") === "any";
  if (file.isSpec && to === "testkit" && knowsTransport) return undefined;
  return `${pkg.shortName} must not import ${to}`;
}
