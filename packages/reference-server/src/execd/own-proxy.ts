import type { IncomingMessage, ServerResponse } from "node:http";

import { EXECD_PORT } from "../shared/ports.js";

const PREFIX = `/proxy/${EXECD_PORT}`;
const proxied = new WeakSet<IncomingMessage>();

/**
 * Takes the daemon's own port off the path of a request, and gives the path: it is a logical port on which nothing
 * listens, so the request stays here.
 */
export function passOwnProxy(request: IncomingMessage): string {
  let url = request.url ?? "/";
  while (url.startsWith(`${PREFIX}/`)) {
    url = url.slice(PREFIX.length);
    proxied.add(request);
  }
  request.url = url;
  return url;
}

/**
 * Whether a real daemon may lose the run of this request: it came through the daemon's own proxy on a connection that
 * is kept alive (`measured.md` 2.1).
 */
export function mayLoseRun(request: IncomingMessage, response: ServerResponse): boolean {
  return proxied.has(request) && response.shouldKeepAlive;
}
