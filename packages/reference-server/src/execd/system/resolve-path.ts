import { resolve } from "node:path";

/** What path arguments are expanded and resolved with. */
export interface PathContext {
  readonly home: string;
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A path argument that cannot be resolved; the message is the daemon's. */
export class UnresolvablePath extends Error {
  override readonly name: string = "UnresolvablePath";
}

/**
 * Resolves a path argument: `$VAR` and `${VAR}`, a leading `~`, then against the daemon's working directory
 * (`execd.md` 1, Path arguments).
 *
 * Throws {@link UnresolvablePath} for undefined variables, so that a literal `$` is impossible, as in a real daemon.
 */
export function resolvePath(path: string, context: PathContext): string {
  const undefinedNames: string[] = [];
  const expanded = path.replace(
    /\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (_whole, braced?: string, bare?: string) => {
      const name = braced ?? bare ?? "";
      const value = context.env[name];
      if (value === undefined) undefinedNames.push(name);
      return value ?? "";
    },
  );
  if (undefinedNames.length > 0)
    throw new UnresolvablePath(`path references undefined environment variables: ${undefinedNames.join(", ")}`);
  const isHome = expanded === "~" || expanded.startsWith("~/");
  return resolve(context.workingDirectory, isHome ? `${context.home}${expanded.slice(1)}` : expanded);
}
