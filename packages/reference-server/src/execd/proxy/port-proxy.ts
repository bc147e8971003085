import { type IncomingHttpHeaders, type IncomingMessage, request as sendRequest, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";

import { answerText } from "../answer.js";
import type { WorkerContext } from "../worker-context.js";
import { ListeningPorts } from "./listening-ports.js";
import { readProxyTarget } from "./proxy-target.js";

/** The in-sandbox reverse proxy `/proxy/{port}/{path}` (`execd.md` 7). */
export interface PortProxy {
  /** Answers one request; bodies are streamed both ways. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Passes a WebSocket upgrade on and joins the two connections. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Makes the proxy; only ports on which a process of this worker listens are reachable, all else is 502. */
export function createPortProxy(context: WorkerContext): PortProxy {
  const ports = new ListeningPorts();
  const targetOf = (request: IncomingMessage) => {
    const target = readProxyTarget(request.url ?? "");
    if (target === undefined || target === "no-port") return target;
    return ports.isOwned(target.port, () => context.processes.members(context.ownsNamespace)) ? target : undefined;
  };
  return {
    answer(request, response) {
      const target = targetOf(request);
      if (target === "no-port") return answerText(response, 400, "port is required\n", false);
      if (target === undefined) return answerText(response, 502, "Bad Gateway\n", false);
      forward(request, response, target);
    },
    upgrade(request, socket, head) {
      const target = targetOf(request);
      if (target === undefined || target === "no-port") return socket.end(BAD_GATEWAY);
      forwardUpgrade(request, socket, head, target);
    },
  };
}

const BAD_GATEWAY =
  "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 12\r\nConnection: close\r\n\r\nBad Gateway\n";

/** Headers that belong to one connection, and the daemon's own token. */
const NOT_FORWARDED = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-execd-access-token",
  "x-forwarded-host",
]);

interface Target {
  readonly port: number;
  readonly path: string;
}

function forward(request: IncomingMessage, response: ServerResponse, target: Target): void {
  const upstream = sendRequest({ ...addressOf(request, target), headers: requestHeaders(request) });
  upstream.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
    response.flushHeaders();
    // A service that breaks off is passed on as a cut answer; there is nothing to report it to.
    pipeline(answer, response, () => {});
  });
  upstream.on("error", () => {
    if (response.headersSent) response.destroy();
    else answerText(response, 502, "Bad Gateway\n", false);
  });
  response.once("close", () => upstream.destroy());
  pipeline(request, upstream, () => {});
}

function forwardUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: Target): void {
  const headers = { ...requestHeaders(request), connection: "Upgrade", upgrade: request.headers.upgrade ?? "websocket" };
  const upstream = sendRequest({ ...addressOf(request, target), headers });
  upstream.on("upgrade", (answer, peer, peerHead) => {
    socket.write(rawHead(answer));
    if (peerHead.length > 0) socket.write(peerHead);
    if (head.length > 0) peer.write(head);
    pipeline(socket, peer, () => peer.destroy());
    pipeline(peer, socket, () => socket.destroy());
  });
  upstream.on("response", (answer) => {
    // The service refused the upgrade: its answer goes back, and the connection with it.
    socket.write(rawHead(answer));
    pipeline(answer, socket, () => socket.destroy());
  });
  upstream.on("error", () => socket.end(BAD_GATEWAY));
  socket.on("error", () => upstream.destroy());
  upstream.end();
}

function addressOf(request: IncomingMessage, target: Target) {
  return { host: "127.0.0.1", port: target.port, path: target.path, method: request.method ?? "GET", agent: false as const };
}

function requestHeaders(request: IncomingMessage): IncomingHttpHeaders {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !NOT_FORWARDED.has(name)));
  const ip = request.socket.remoteAddress ?? "127.0.0.1";
  const before = request.headers["x-forwarded-for"] ?? `${ip}:${request.socket.remotePort ?? 0}`;
  const isChunked = request.headers["transfer-encoding"] !== undefined;
  return {
    ...headers,
    "x-forwarded-for": `${before}, ${ip}`,
    "x-forwarded-proto": request.headers["x-forwarded-proto"] ?? "http",
    ...(isChunked ? { "transfer-encoding": "chunked" } : {}),
  } as IncomingHttpHeaders;
}

/** Header pairs of an answer without those of its connection, repeated names kept apart. */
function endToEnd(raw: readonly string[]): string[] {
  return raw.flatMap((name, index) => (index % 2 === 0 && !NOT_FORWARDED.has(name.toLowerCase()) ? [name, raw[index + 1] ?? ""] : []));
}

function rawHead(answer: IncomingMessage): string {
  const lines = answer.rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${answer.rawHeaders[index + 1] ?? ""}`] : []));
  return [`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}`, ...lines, "", ""].join("\r\n");
}
