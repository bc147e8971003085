import type { ApiRequest } from "../ports/api.js";

/** Joins a base address, a path and a query; spaces become `%20`, a name with several values is repeated. */
export function requestUrl(base: string, path: string, query: ApiRequest["query"]): string {
  if (query === undefined) return base + path;
  let text = "";
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) {
      text += `${text === "" ? "?" : "&"}${encode(name)}=${encode(item)}`;
    }
  }
  return `${base}${path}${text}`;
}

/** A lone surrogate, which has no UTF-8 form, becomes U+FFFD instead of an exception. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}
