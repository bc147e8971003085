import { isKeyHeader } from "../connection/tenant-key.js";
import type { PathClient } from "./path-client.js";

/** Answers of these statuses have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A `fetch` that sends through a typed client: what lies below `baseUrl` is the path.
 *
 * The client adds what it was made with, the key for its server included.
 */
export function createClientFetch(client: PathClient, baseUrl: string): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body === null ? undefined : await request.text();
    const { data, error, response } = await client[request.method]!(request.url.slice(baseUrl.length), {
      headers: Object.fromEntries([...request.headers].filter(([name]) => !isKeyHeader(name))),
      signal: request.signal,
      redirect: "manual",
      parseAs: "stream",
      ...(body !== undefined && { body, bodySerializer: (text: string) => text }),
    });
    return response.bodyUsed || error !== undefined ? rebuilt(response, error ?? data) : response;
  };
}

/** The answer again, once its body has been read. */
function rebuilt({ status, headers }: Response, read: unknown): Response {
  const kept = new Headers(headers);
  // What was read has been unpacked.
  for (const name of ["content-encoding", "content-length"]) kept.delete(name);
  const text = read === undefined || read === "" ? null : typeof read === "string" ? read : JSON.stringify(read);
  return new Response(bodiless.has(status) ? null : text, { status, headers: kept });
}
