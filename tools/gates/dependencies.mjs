// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { packageOf, readWorkspace, scope } from "./workspace.mjs";

const builtins = new Set(builtinModules);

/**
 * What a package imports it declares; what it declares it imports; its project references are its workspace
 * dependencies. Specs may also use what the workspace root installs.
 * @type {import("./workspace.mjs").Gate}
 */
export const dependencies = {
  name: "dependencies",
  check: (root) => {
    const workspace = readWorkspace(root);
    return workspace.packages.flatMap((pkg) => [
      ...undeclared(pkg, workspace.manifest),
      ...unused(pkg),
      ...references(root, pkg),
    ]);
  },
};

/**
 * @param {import("./workspace.mjs").Package} pkg
 * @param {import("./workspace.mjs").Manifest} rootManifest
 */
function undeclared({ manifest, files, name: own }, rootManifest) {
  const runtime = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
  ]);
  const development = new Set([
    ...runtime,
    ...Object.keys(manifest.devDependencies ?? {}),
    ...Object.keys(rootManifest.devDependencies ?? {}),
    `${scope}testkit`,
  ]);
  return files.flatMap((file) =>
    file.imports.flatMap(({ specifier, isTypeOnly, line }) => {
      const name = packageOf(specifier);
      if (name === undefined || name === own || builtins.has(name)) return [];
      const allowed = file.isSpec || (isTypeOnly && manifest.private === true) ? development : runtime;
      return allowed.has(name) ? [] : [`${file.path}:${line}: "${name}" is not declared`];
    }),
  );
}

/** @param {import("./workspace.mjs").Package} pkg */
function unused({ folder, manifest, files }) {
  const imported = new Set(files.flatMap((file) => file.imports.map((found) => packageOf(found.specifier))));
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const types = Object.keys(manifest.devDependencies ?? {});
  return [
    ...declared.filter((name) => !imported.has(name)),
    ...types.filter((name) => !imported.has(name) && !imported.has(name.replace("@types/", ""))),
  ].map((name) => `${folder}/package.json: "${name}" is not used`);
}

/**
 * @param {string} root
 * @param {import("./workspace.mjs").Package} pkg
 */
function references(root, { folder, manifest }) {
  const configs = ["tsconfig.json", "tsconfig.node.json"].map((name) => join(root, folder, name)).filter(existsSync);
  const referenced = new Set(
    configs
      .flatMap((path) => ts.parseConfigFileTextToJson(path, readFileSync(path, "utf8")).config.references ?? [])
      .map((reference) => `${scope}${reference.path.replace("../", "")}`),
  );
  const wanted = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter((name) =>
    name.startsWith(scope),
  );
  const own = [...referenced].filter((name) => !name.startsWith(`${scope}.`));
  return [
    ...wanted.filter((name) => !referenced.has(name)).map((name) => `${folder}/tsconfig.json: no reference to ${name}`),
    ...own
      .filter((name) => !wanted.includes(name) && manifest.devDependencies?.[name] === undefined)
      .map((name) => `${folder}/tsconfig.json: references ${name}, which package.json does not name`),
  ];
}
