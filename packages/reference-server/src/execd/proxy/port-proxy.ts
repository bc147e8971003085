import type { IncomingHttpHeaders, IncomingMessage, RequestOptions, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";

import { askPeer } from "../../shared/forwarding/ask-peer.js";
import { endToEndHeaders, headerPairs, hopByHopNames } from "../../shared/forwarding/end-to-end-headers.js";
import { headText } from "../../shared/forwarding/head-text.js";
import { joinConnections } from "../../shared/forwarding/join-connections.js";
import { passAnswer } from "../../shared/forwarding/pass-answer.js";
import { passBody } from "../../shared/forwarding/pass-body.js";
import { refuseSocket } from "../../shared/forwarding/refuse-socket.js";
import { answerText } from "../answers/answer.js";
import type { WorkerContext } from "../worker-context.js";
import { ListeningPorts } from "./listening-ports.js";
import { type ProxyTarget, readProxyTarget } from "./proxy-target.js";

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
  const { network } = context.config;
  const members = (): readonly number[] => context.processes.members(context.ownsNamespace);
  // In a network of its own every service is the sandbox's.
  const isOwned = (port: number): boolean =>
    network === undefined ? ports.isOwned(port, members) : port !== network.proxyPort;
  const connection: RequestOptions =
    network === undefined
      ? { createConnection: ({ port }, onConnected) => void ports.connect(Number(port), members, onConnected) }
      : { agent: false };
  const targetOf = (request: IncomingMessage) => {
    const target = readProxyTarget(request.url ?? "");
    if (target === undefined || target === "no-port") return target;
    return isOwned(target.port) ? target : undefined;
  };
  return {
    answer(request, response) {
      const target = targetOf(request);
      if (target === "no-port") return answerText(response, 400, "port is required\n", false);
      if (target === undefined) return answerText(response, 502, "Bad Gateway\n", false);
      forward(request, response, { ...target, connection });
    },
    upgrade(request, socket, head) {
      const target = targetOf(request);
      if (target === undefined || target === "no-port") return refuseGateway(socket);
      forwardUpgrade(request, socket, head, { ...target, connection });
    },
  };
}

function refuseGateway(socket: Duplex): void {
  refuseSocket(socket, 502, { "Content-Type": "text/plain; charset=utf-8" }, "Bad Gateway\n");
}

/** The daemon's own token, and headers that the proxy writes itself. */
const NOT_FORWARDED = new Set(["x-execd-access-token", "x-forwarded-host"]);

interface Target extends ProxyTarget {
  /** How the service is connected to. */
  readonly connection: RequestOptions;
}

function forward(request: IncomingMessage, response: ServerResponse, target: Target): void {
  const upstream = askPeer(
    { ...addressOf(request, target), headers: requestHeaders(request) },
    {
      client: response,
      onAnswer: (answer) => passAnswer(answer, response, answerHeaders(answer).flat()),
      onFailure: () => answerText(response, 502, "Bad Gateway\n", false),
    },
  );
  if (upstream === undefined) return;
  response.once("close", () => upstream.destroy());
  passBody(request, upstream);
}

function forwardUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: Target): void {
  const headers = {
    ...requestHeaders(request),
    connection: "Upgrade",
    upgrade: request.headers.upgrade ?? "websocket",
  };
  const upstream = askPeer(
    { ...addressOf(request, target), headers },
    {
      client: socket,
      onUpgrade(answer, peer, peerHead) {
        socket.write(headText(101, answer.statusMessage ?? "", headerPairs(answer)));
        joinConnections(socket, head, peer, peerHead);
      },
      onAnswer(answer) {
        // The service refused the upgrade: its answer goes back, and the connection with it, which is the end of the
        // body.
        socket.write(
          headText(answer.statusCode ?? 502, answer.statusMessage ?? "", [
            ...answerHeaders(answer),
            ["Connection", "close"],
          ]),
        );
        pipeline(answer, socket, () => socket.destroy());
      },
      onFailure: () => refuseGateway(socket),
    },
  );
  socket.once("close", () => upstream?.destroy());
  upstream?.end();
}

function addressOf(request: IncomingMessage, { port, path, connection }: Target): RequestOptions {
  return { host: "127.0.0.1", port, path, method: request.method ?? "GET", ...connection };
}

function requestHeaders(request: IncomingMessage): IncomingHttpHeaders {
  const hopByHop = hopByHopNames(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !hopByHop.has(name) && !NOT_FORWARDED.has(name)),
  );
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

function answerHeaders(answer: IncomingMessage): [name: string, value: string][] {
  return endToEndHeaders(answer).filter(([name]) => !NOT_FORWARDED.has(name.toLowerCase()));
}
