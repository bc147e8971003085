// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean, os?:
 * string[], cpu?: string[], libc?: string[],
 *   dependencies?: Record<string, string>, devDependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string> }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 * @typedef {{ platform: string, arch: string }} Platform
 */

/**
 * Says why this Node cannot be used, or `undefined`. Understands `>=major.minor[.patch]`, the only form this workspace
 * uses.
 * @param {string} range
 * @param {string} version
 */
export function nodeProblem(range, version) {
  const wanted = /^>=(\d+)\.(\d+)(?:\.(\d+))?$/
    .exec(range)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (wanted === undefined) return `engines.node is "${range}", expected ">=major.minor"`;
  const found = version.replace(/^v/, "").split(".").map(Number);
  for (const [index, part] of wanted.entries()) {
    const difference = (found[index] ?? 0) - part;
    if (difference > 0) return undefined;
    if (difference < 0) return `Node ${range} is needed, this is ${version}`;
  }
  return undefined;
}

/**
 * Lists what package-lock.json wants and `node_modules` does not have. Packages that npm leaves out on this platform
 * are no difference.
 * @param {Lock} lock
 * @param {Lock | undefined} installed npm's own record, `node_modules/.package-lock.json`
 * @param {(path: string) => boolean} exists
 * @param {Platform} platform
 * @returns {string[]}
 */
export function installDifferences(lock, installed, exists, platform) {
  if (installed === undefined) return ["nothing is installed"];
  const differences = [];
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (!path.includes("node_modules/")) continue;
    const found = installed.packages[path];
    if (found === undefined) {
      if (!leftOutHere(wanted, platform)) differences.push(`${path} is missing`);
    } else if (wanted.link !== true && (found.version !== wanted.version || found.integrity !== wanted.integrity)) {
      differences.push(`${path} is ${found.version}, the lock says ${wanted.version}`);
    } else if (!exists(`${path}/package.json`)) {
      differences.push(`${path} is missing on disk`);
    }
  }
  return differences;
}

/**
 * Lists manifests whose dependencies are not those that the lock was made from; `npm ci` would refuse them with a
 * longer message.
 * @param {Lock} lock
 * @param {Record<string, LockEntry>} manifests by workspace folder, `""` for the root
 * @returns {string[]}
 */
export function staleManifests(lock, manifests) {
  /** @type {readonly ("dependencies" | "devDependencies" | "peerDependencies")[]} */
  const kinds = ["dependencies", "devDependencies", "peerDependencies"];
  return Object.entries(manifests)
    .filter(([folder, manifest]) =>
      kinds.some((kind) => canonical(manifest[kind]) !== canonical(lock.packages[folder]?.[kind])),
    )
    .map(([folder]) => join(folder, "package.json"));
}

/** @param {Record<string, string> | undefined} ranges */
function canonical(ranges) {
  return JSON.stringify(Object.entries(ranges ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * @param {LockEntry} entry
 * @param {Platform} platform
 */
function leftOutHere(entry, platform) {
  if (entry.optional !== true) return false;
  const builtForHere =
    entry.os?.includes(platform.platform) === true &&
    entry.cpu?.includes(platform.arch) === true &&
    entry.libc === undefined;
  return !builtForHere;
}

/** @param {string} path */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`rxsandbox: ${message}\n`);
  process.exit(1);
}

function main() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const manifest = readJson(join(root, "package.json"));
  const problem = nodeProblem(manifest.engines.node, process.version);
  if (problem !== undefined) fail(`${problem}. See .node-version for the version this workspace is developed with.`);

  /** @type {Lock} */
  const lock = readJson(join(root, "package-lock.json"));
  const folders = ["", ...Object.keys(lock.packages).filter((path) => /^packages\/[^/]+$/.test(path))];
  const manifests = Object.fromEntries(
    folders.map((folder) => [folder, readJson(join(root, folder, "package.json")) ?? {}]),
  );
  const stale = staleManifests(lock, manifests);
  if (stale.length > 0)
    fail(`package-lock.json does not match ${stale.join(", ")}. Run "npm install" and commit the lock.`);

  const differences = installDifferences(
    lock,
    readJson(join(root, "node_modules/.package-lock.json")),
    (path) => existsSync(join(root, path)),
    process,
  );
  if (differences.length === 0) return;
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : "";
  process.stderr.write(`rxsandbox: installing dependencies with npm ci, because ${differences[0]}${more}\n`);
  // Under `npm run` the npm that runs is the npm to use; elsewhere the one on PATH.
  const npm =
    process.env["npm_execpath"]?.endsWith(".js") === true ? [process.execPath, process.env["npm_execpath"]] : ["npm"];
  const [program = "npm", ...prefix] = npm;
  const result = spawnSync(program, [...prefix, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.status !== 0)
    fail(`npm ci failed${result.error === undefined ? "" : ` (${result.error.message})`}; the reason stands above.`);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
