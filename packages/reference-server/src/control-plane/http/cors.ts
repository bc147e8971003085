import type { IncomingMessage, ServerResponse } from "node:http";

const METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY";

/** Headers that a page may read; a real server exposes none (`divergences.md` L36). */
const EXPOSED = "X-Request-ID, Location, EXECD-COMMANDS-TAIL-CURSOR, Content-Range, Content-Disposition";

/** Sets the headers by which an allowed page may read the answer. Origins are checked before. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const origin = request.headers.origin;
  if (origin === undefined) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-credentials", "true");
  response.setHeader("access-control-expose-headers", EXPOSED);
  response.setHeader("vary", "Origin");
}

/** Answers a preflight of an allowed page; false when the request is not a preflight (`lifecycle.md` 1). */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): boolean {
  const method = request.headers["access-control-request-method"];
  if (request.method !== "OPTIONS" || request.headers.origin === undefined || method === undefined) return false;
  const isAllowed = METHODS.split(", ").includes(method);
  response.removeHeader("access-control-expose-headers");
  response.setHeader("access-control-allow-methods", METHODS);
  response.setHeader("access-control-max-age", "600");
  const headers = request.headers["access-control-request-headers"];
  if (headers !== undefined) response.setHeader("access-control-allow-headers", headers);
  response.statusCode = isAllowed ? 200 : 400;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(isAllowed ? "OK" : "Disallowed CORS method");
  return true;
}
