/**
 * A `fetch` that calls `fetch(url, init)` of a caller with the address as text and JSON as text, as the official
 * adapters do.
 *
 * Everything else, such as an upload, is handed over as a `Request`.
 */
export function createPlainFetch(
  fetch: typeof globalThis.fetch,
  baseUrl: string,
  givenBaseUrl: string,
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = `${givenBaseUrl.replace(/\/+$/, "")}${request.url.slice(baseUrl.length)}`;
    const isJson = request.headers.get("content-type")?.startsWith("application/json") === true;
    if (request.body !== null && !isJson) return fetch(request);
    const { method, signal } = request;
    const body = request.body === null ? undefined : await request.text();
    return fetch(url, {
      method,
      headers: Object.fromEntries(request.headers),
      signal,
      redirect: "manual",
      ...(body !== undefined && { body }),
    });
  };
}
