/** Where a `/proxy/{port}/{path}` request goes. */
export interface ProxyTarget {
  readonly port: number;
  /** Path and query as sent to the service. */
  readonly path: string;
}

/**
 * Reads the target of a request; `"no-port"` without one, `undefined` when the port or path cannot be one.
 *
 * The path is used decoded, so an escaped slash separates (`execd.md` 7); the query is kept.
 */
export function readProxyTarget(url: string): ProxyTarget | "no-port" | undefined {
  const [pathname = "", ...query] = url.split("?");
  const [port = "", ...segments] = pathname.slice("/proxy/".length).split("/");
  if (port === "") return "no-port";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return undefined;
  try {
    const path = encodePath(decodeURIComponent(segments.join("/")));
    return { port: Number(port), path: `/${path}${query.length === 0 ? "" : `?${query.join("?")}`}` };
  } catch {
    return undefined;
  }
}

function encodePath(path: string): string {
  return encodeURI(path).replace(/[?#!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
