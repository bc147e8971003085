// @ts-check
import { cp, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runNpm } from "../gates/run-tool.mjs";
import { neededPackages } from "./pack-packages.mjs";

/**
 * @typedef {{ name: string, source: string, manifest: { dependencies: Record<string, string>, scripts: Record<string,
 * string> }, checks: string[] }} Consumer
 *   `checks` are named `<consumer>/<check>`
 */

/**
 * The projects below `folder`; each script `test:<check>` of one is a check.
 * @param {string} folder
 * @returns {Promise<Consumer[]>}
 */
export async function readConsumers(folder) {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const source = join(folder, name);
      const manifest = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
      const scripts = Object.keys(manifest.scripts).filter((script) => script.startsWith("test:"));
      return { name, source, manifest, checks: scripts.map((script) => `${name}/${script.slice("test:".length)}`) };
    }),
  );
}

/**
 * Copies a project and installs it from tarballs and the registry.
 * @param {Consumer} consumer
 * @param {readonly import("./pack-packages.mjs").Packed[]} packed
 * @param {string} folder an empty folder
 */
export async function installConsumer({ source, manifest }, packed, folder) {
  await cp(source, folder, { recursive: true });
  const needed = neededPackages(packed, Object.keys(manifest.dependencies));
  const dependencies = {
    ...manifest.dependencies,
    ...Object.fromEntries(needed.map(({ name, tarball }) => [name, `file:${tarball}`])),
  };
  await writeFile(join(folder, "package.json"), JSON.stringify({ ...manifest, dependencies }, null, 2));
  const { status, stdout, stderr } = await runNpm(
    ["install", "--no-audit", "--no-fund", "--prefer-offline", "--engine-strict", "--loglevel=error"],
    folder,
  );
  if (status !== 0) throw new Error(`npm install failed: ${stdout}${stderr}`);
}

/**
 * Runs one check in an installed project.
 * @param {string} check
 * @param {string} folder
 * @returns {Promise<{ isGreen: boolean, output: string }>}
 */
export async function runCheck(check, folder) {
  const { status, stdout, stderr } = await runNpm(["run", "--silent", `test:${check.split("/")[1]}`], folder);
  return { isGreen: status === 0, output: stdout + stderr };
}
