import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Top directories of the host that every sandbox sees, read-only. */
export const SYSTEM_DIRECTORIES = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/etc",
  "/opt",
  "/nix",
  "/gnu",
] as const;

/** Files below {@link SYSTEM_DIRECTORIES} that a root server could read and a sandbox must not. */
export const MASKED_PATHS = [
  "/etc/shadow",
  "/etc/shadow-",
  "/etc/gshadow",
  "/etc/gshadow-",
  "/etc/sudoers",
  "/etc/ssh",
  "/etc/ssl/private",
] as const;

/** A host path as a sandbox sees it: bound read-only, or the same symbolic link. */
export type VisibleHostPath =
  | { readonly kind: "bind"; readonly path: string; readonly isDirectory: boolean }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

/** What {@link visibleHostPaths} decides from. */
export interface VisibleHostPathsInput {
  /** `PATH` of the sandbox. */
  readonly searchPath: string;
  /** The Node program that runs the worker. */
  readonly nodePath: string;
  /** Code of the worker. */
  readonly codePaths: readonly string[];
  /** Directories that must stay invisible: the user's home and the server's state. */
  readonly hidden: readonly string[];
}

/**
 * Lists what a sandbox sees of the host besides its own directories.
 *
 * System directories, then single directories that live elsewhere (mostly below the user's home) and without which
 * programs would be missing. A directory that contains a hidden one is never listed.
 */
export function visibleHostPaths(input: VisibleHostPathsInput): VisibleHostPath[] {
  const result: VisibleHostPath[] = [];
  for (const path of SYSTEM_DIRECTORIES) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isSymbolicLink()) result.push({ kind: "link", path, target: readlinkSync(path) });
    else if (stat.isDirectory()) result.push({ kind: "bind", path, isDirectory: true });
  }
  const extra = [...nodePaths(input.nodePath, input.hidden), ...input.codePaths, ...input.searchPath.split(":")];
  const resolver = realPathOf("/etc/resolv.conf");
  if (resolver !== undefined) extra.push(resolver);
  const wanted = new Set(
    extra
      .filter((path) => path.startsWith("/"))
      .map((path) => realPathOf(path))
      .filter((path) => path !== undefined)
      .filter((path) => !input.hidden.some((hidden) => isWithin(hidden, path))),
  );
  for (const path of [...wanted].sort()) {
    if (result.some((known) => known.kind === "bind" && isWithin(path, known.path))) continue;
    result.push({ kind: "bind", path, isDirectory: lstatSync(path).isDirectory() });
  }
  return result;
}

/** Whether `path` is `directory` or lies below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === "/" || path.startsWith(`${directory}/`);
}

/** The Node installation, so that `npm` and global tools work; the program alone where its prefix holds more. */
function nodePaths(nodePath: string, hidden: readonly string[]): string[] {
  const prefix = dirname(dirname(nodePath));
  const isOwnPrefix = existsSync(join(prefix, "include/node/node.h")) && !hidden.some((path) => isWithin(path, prefix));
  return isOwnPrefix && !prefix.endsWith("/.local") ? [prefix, nodePath] : [nodePath];
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // A directory of PATH that does not exist is no directory to show.
    return undefined;
  }
}
