import type { RouteScript } from "./answer.js";

/** A route of a test transport, compiled from its key. */
export interface Route {
  readonly key: string;
  readonly script: RouteScript;
  /** What the `:name` segments match, or `undefined` when the route does not apply. */
  match(method: string, path: string): Readonly<Record<string, string>> | undefined;
}

/**
 * Compiles `"METHOD /path"`: `:name` matches one segment, `*` any run of characters (`"POST *\/command"` for every base
 * address), the method may be `*`.
 */
export function compileRoute(key: string, script: RouteScript): Route {
  const space = key.indexOf(" ");
  const method = key.slice(0, space);
  const pattern = key.slice(space + 1);
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replace(/:([A-Za-z]\w*)/g, "(?<$1>[^/]+)");
  const expression = new RegExp(`^${source}$`);
  return {
    key,
    script,
    match(actualMethod, path) {
      if (method !== "*" && method !== actualMethod) return undefined;
      const found = expression.exec(path);
      if (found === null) return undefined;
      return Object.fromEntries(
        Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
    },
  };
}
