import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { OpenExchange } from "../../model/endpoint.js";
import { answerReader } from "./answer-reader.js";
import type { WireEnd, WireExchange } from "../../model/wire-exchange.js";

/** Largest body that is kept; nothing that a check asks for is larger. */
const MAX_BODY_BYTES = 96 * 1024 * 1024;

/** A request as it goes on the socket. */
export interface WireRequest {
  readonly method: string;
  /** Where to connect. */
  readonly url: URL;
  /** The request target as it is sent: never normalized. */
  readonly target: string;
  /** In order, `Host` and the length included or not, exactly as given. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  /** Milliseconds of silence after which the exchange ends. */
  readonly idleMs: number;
  readonly until?: ((soFar: WireExchange) => boolean) | undefined;
  /** Milliseconds since the run began. */
  readonly startedAt: number;
  /** The address for reports, without secrets. */
  readonly shownUrl: string;
}

/** A connection that several requests share, one after another. */
export interface KeptConnection {
  socket: Socket | undefined;
}

/**
 * Sends one HTTP/1.1 request over a socket and records what comes back: bytes, chunk borders, times and the way it
 * ends.
 *
 * Not `fetch`: that hides short bodies, chunk borders and resets. Without `kept` the connection is closed after the
 * answer.
 */
export function sendRequest(request: WireRequest, kept?: KeptConnection): OpenExchange {
  const begin = performance.now();
  const now = (): number => performance.now() - begin;
  const reader = answerReader(request.method);
  const reused = kept?.socket !== undefined && !kept.socket.destroyed && kept.socket.readable ? kept.socket : undefined;
  const socket = reused ?? openConnection(request.url);
  if (kept !== undefined) kept.socket = socket;
  let end: WireEnd | undefined;
  let endedAtMs = 0;
  let resolveFinished: (exchange: WireExchange) => void = () => {};
  const finished = new Promise<WireExchange>((resolve) => (resolveFinished = resolve));
  const watchers = new Set<() => void>();
  const soFar = (): WireExchange => ({
    method: request.method,
    url: request.shownUrl,
    startedAt: request.startedAt,
    head: reader.head,
    chunks: reader.chunks,
    end: end ?? "client",
    endedAtMs: end === undefined ? now() : endedAtMs,
  });

  let idle: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(idle);
    if (end === undefined) idle = setTimeout(() => finish("silence"), request.idleMs);
  };
  const finish = (how: WireEnd): void => {
    if (end !== undefined) return;
    end = how;
    endedAtMs = now();
    clearTimeout(idle);
    socket.off("connect", onConnect).off("data", onData).off("end", onEnd).off("error", onError).off("close", onEnd);
    socket.off("error", ignore).on("error", ignore);
    if (kept === undefined || !reader.isReusable || how !== "complete") {
      socket.destroy();
      if (kept !== undefined) kept.socket = undefined;
    }
    resolveFinished(soFar());
    for (const wake of watchers) wake();
  };

  const onData = (bytes: Buffer): void => {
    reader.feed(bytes, now());
    if (reader.state === "malformed") return finish("malformed");
    if (reader.state === "complete") return finish("complete");
    if (reader.size > MAX_BODY_BYTES) return finish("too-large");
    if (request.until?.(soFar()) === true) return finish("client");
    for (const wake of watchers) wake();
    watch();
  };
  let hasConnected = reused !== undefined;
  const onConnect = (): void => void (hasConnected = true);
  const onEnd = (): void => finish(reader.endOfConnection());
  const onError = (): void => finish(hasConnected ? "reset" : "refused");
  socket.on("connect", onConnect).on("data", onData).on("end", onEnd).on("error", onError).on("close", onEnd);
  socket.write(requestHead(request), "latin1");
  if (request.body !== undefined && request.body.length > 0) socket.write(request.body);
  watch();

  return {
    get soFar() {
      return soFar();
    },
    finished,
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          const seen = soFar();
          if (end === undefined && !holds(seen)) return;
          watchers.delete(look);
          resolve(seen);
        };
        watchers.add(look);
        look();
      }),
    hangUp: () => finish("client"),
  };
}

/** Errors of a socket that is no longer looked at have nobody to tell. */
function ignore(): void {}

function requestHead({ method, target, headers }: WireRequest): string {
  const lines = headers.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, " ")}\r\n`).join("");
  return `${method} ${target} HTTP/1.1\r\n${lines}\r\n`;
}

/** Opens a connection to the host of an address; `https:` is encrypted. Errors arrive as events of the socket. */
function openConnection(url: URL): Socket {
  const isTls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  const socket = isTls
    ? connectTls({ host, port, servername: host, ALPNProtocols: ["http/1.1"] })
    : connectTcp({ host, port });
  socket.setNoDelay(true);
  return socket;
}
