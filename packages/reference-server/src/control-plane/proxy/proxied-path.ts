/**
 * The path under which the server proxy asks the sandbox, from what follows the port in the request.
 *
 * Percent escapes are decoded before the target is built: `%2F` separates, `%3F` starts a query, `%23` cuts, and dot
 * segments are resolved; the query is written again (`lifecycle.md` 9).
 */
export function proxiedPath(rest: string): string {
  const at = rest.indexOf("?");
  const decoded = decodeLoosely(at < 0 ? rest : rest.slice(0, at));
  const cut = decoded.split("#")[0] ?? "";
  const [path = "", ...inner] = cut.split("?");
  const query = [...inner, at < 0 ? "" : rewriteQuery(rest.slice(at + 1))].filter((part) => part !== "").join("&");
  return `${encodePath(resolveDots(path))}${query === "" ? "" : `?${query}`}`;
}

/** A lone `%` stays; bytes that are not UTF-8 become the replacement character. */
function decodeLoosely(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}

function resolveDots(path: string): string {
  const segments: string[] = [];
  for (const segment of path.replace(/^\/+/, "").split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== ".") segments.push(segment);
  }
  return `/${segments.join("/")}`;
}

function encodePath(path: string): string {
  return encodeURI(path);
}

/** `flag` becomes `flag=`, `%20` becomes `+`; order and repeats stay. */
function rewriteQuery(query: string): string {
  return new URLSearchParams(query).toString().replaceAll("*", "%2A").replaceAll("%7E", "~");
}
