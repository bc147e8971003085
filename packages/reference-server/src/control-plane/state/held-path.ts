import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from "node:fs";

/**
 * Linux's `O_PATH`, which Node does not name: it holds whatever has the name without opening it, so no permission is
 * needed and no pipe waits.
 */
const O_PATH = 0o10000000;

/** One file, directory or symbolic link, held so that it cannot be exchanged for another between two uses. */
export interface HeldPath {
  /**
   * Names the held object itself; `${path}/${name}` names an entry of the held directory, wherever that has been moved
   * to.
   */
  readonly path: string;
  /** What was held: of a symbolic link the link, not its target. */
  readonly stat: Stats;
  /** Closes the descriptor. Do not use `path` afterwards. */
  close(): void;
}

/**
 * Holds what `path` names; a symbolic link at its end is held itself and never followed. Throws as `lstat` does.
 *
 * Walk a tree that a sandbox may change by holding one entry after the other below the held directory. On Linux each
 * costs a file descriptor until you close it. Elsewhere nothing is held and `path` stays a name: no driver there keeps
 * a sandbox from the user's files.
 */
export function holdPath(path: string): HeldPath {
  if (process.platform !== "linux") return { path, stat: lstatSync(path), close: () => {} };
  const descriptor = openSync(path, O_PATH | constants.O_NOFOLLOW);
  return { path: `/proc/self/fd/${descriptor}`, stat: fstatSync(descriptor), close: () => closeSync(descriptor) };
}
