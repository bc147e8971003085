import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ReferenceServerError } from "../shared/reference-server-error.js";

/**
 * The built entry file of the execd worker, also when this file runs from source: Node runs the worker without a
 * transpiler.
 */
export function execdWorkerPath(): string {
  return builtFile("#execd-worker");
}

/** A built file of this package by its name in `imports` of package.json. */
export function builtFile(specifier: "#execd-worker" | "#sandbox-watchdog"): string {
  try {
    return realpathSync(createRequire(import.meta.url).resolve(specifier));
  } catch (cause) {
    throw new ReferenceServerError("not-built", `reference server is not built: ${specifier} is missing`, { cause });
  }
}

/** Directories that hold the worker's code and what it imports: the package and every `node_modules` above it. */
export function workerCodeDirectories(): string[] {
  const packageDirectory = realpathSync(fileURLToPath(new URL("../../", import.meta.url)));
  const directories = [join(packageDirectory, "dist"), join(packageDirectory, "package.json")];
  for (let at = packageDirectory; ; at = dirname(at)) {
    const modules = resolve(at, "node_modules");
    if (existsSync(modules)) directories.push(realpathSync(modules));
    if (dirname(at) === at) return directories.filter((path) => existsSync(path));
  }
}
