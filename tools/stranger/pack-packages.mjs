// @ts-check
import { join } from "node:path";
import { runNpm } from "../gates/run-tool.mjs";
import { readWorkspace } from "../gates/workspace.mjs";

/**
 * @typedef {{ name: string, tarball: string, dependencies: string[] }} Packed `dependencies` are those of this
 * workspace
 */

/**
 * Packs every published package as it is built.
 * @param {string} root
 * @param {string} folder where the tarballs go
 * @returns {Promise<Packed[]>}
 */
export async function packPackages(root, folder) {
  const packages = readWorkspace(root).packages.filter(({ manifest }) => manifest.private !== true);
  const names = new Set(packages.map(({ name }) => name));
  const { status, stdout, stderr } = await runNpm(
    [
      "pack",
      "--json",
      "--ignore-scripts",
      "--pack-destination",
      folder,
      ...[...names].map((name) => `--workspace=${name}`),
    ],
    root,
  );
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const report = JSON.parse(stdout);
  /** @type {{ name: string, filename: string }[]} */
  const packed = Array.isArray(report) ? report : Object.values(report);
  return packages.map(({ name, manifest }) => {
    const filename = packed.find((entry) => entry.name === name)?.filename;
    if (filename === undefined) throw new Error(`npm pack left out ${name}`);
    return {
      name,
      tarball: join(folder, filename),
      dependencies: Object.keys(manifest.dependencies ?? {}).filter((dependency) => names.has(dependency)),
    };
  });
}

/**
 * The packages of this workspace that a consumer installs: those it names and all that these need.
 * @param {readonly Packed[]} packed
 * @param {readonly string[]} named
 * @returns {Packed[]}
 */
export function neededPackages(packed, named) {
  const needed = new Set(named);
  for (const name of needed)
    for (const dependency of packed.find((entry) => entry.name === name)?.dependencies ?? []) needed.add(dependency);
  return packed.filter(({ name }) => needed.has(name));
}
