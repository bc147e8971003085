import type { CallRequest, Endpoint, OpenExchange } from "../../model/endpoint.js";
import { NoAnswer, Unverifiable } from "../../model/outcome.js";
import type { Recorder } from "../run/recorder.js";
import type { AccessPath } from "../../model/subject.js";
import { type KeptConnection, sendRequest } from "../wire/send-request.js";
import { headerOf } from "../../model/read-exchange.js";
import type { MessageSocket } from "../../model/message-socket.js";
import { openMessageSocket } from "../wire/open-message-socket.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import type { RequestBudget } from "./request-budget.js";

/** What an endpoint is made of. */
export interface EndpointParts {
  readonly name: Endpoint["name"];
  readonly access: AccessPath;
  /** Base address without a slash at its end. */
  readonly url: string;
  /** Sent with every request that is not anonymous. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with every request, anonymous or not. */
  readonly transport?: Readonly<Record<string, string>>;
  /** What operations call the base address, such as `$execd1`. */
  readonly symbol: string;
  readonly recorder: Recorder;
  readonly budget: RequestBudget;
  /** Milliseconds since the run began. */
  readonly now: () => number;
  /** Told of every answer, before the check is. */
  readonly onAnswer?: (request: CallRequest, exchange: WireExchange) => void;
}

/** Floors of the silence watchdogs in milliseconds: never less, whatever a check asks for. */
const IDLE_FLOOR = { lifecycle: 60_000, execd: 10_000, egress: 10_000 } as const;

/** An endpoint whose connections can be closed. */
export interface ClosableEndpoint extends Endpoint {
  /** Hangs up every exchange that is still running and closes the kept connections. */
  close(): void;
}

/** Makes an endpoint whose exchanges are recorded, counted and watched. */
export function makeEndpoint(parts: EndpointParts): ClosableEndpoint {
  const { name, access, url, recorder, budget, now } = parts;
  const base = new URL(url);
  const prefix = base.pathname.replace(/\/$/, "");
  const connections = new Map<string, KeptConnection>();
  const running = new Set<OpenExchange>();

  let isClosed = false;

  const open = (request: CallRequest): OpenExchange => {
    if (isClosed) throw new Unverifiable("the check is over");
    budget.spend(url);
    const body = bodyOf(request);
    const own: Record<string, string> = {
      ...parts.transport,
      ...(request.isAnonymous === true ? {} : parts.headers),
      ...(request.json === undefined ? {} : { "Content-Type": "application/json" }),
      ...request.headers,
    };
    const headers: [string, string][] = [];
    const has = (wanted: string): boolean => Object.keys(own).some((key) => key.toLowerCase() === wanted);
    if (!has("host")) headers.push(["Host", base.host]);
    headers.push(...Object.entries(own));
    if (!has("connection")) headers.push(["Connection", request.connection === undefined ? "close" : "keep-alive"]);
    if (
      !has("content-length") &&
      !has("transfer-encoding") &&
      (body !== undefined || ["POST", "PUT", "PATCH"].includes(request.method))
    ) {
      headers.push(["Content-Length", String(body?.length ?? 0)]);
    }
    const done = recorder.begin({
      target: parts.symbol,
      method: request.method,
      path: request.path,
      headers: own,
      body,
      ...(request.connection === undefined ? {} : { connection: request.connection }),
      captures: request.captures ?? [],
    });
    let kept: KeptConnection | undefined;
    if (request.connection !== undefined) {
      kept = connections.get(request.connection) ?? { socket: undefined };
      connections.set(request.connection, kept);
    }
    const exchange = sendRequest(
      {
        method: request.method,
        url: base,
        target: `${prefix}${request.path}`,
        headers,
        body,
        idleMs: Math.max(request.idleMs ?? 0, IDLE_FLOOR[name]),
        until: request.until,
        startedAt: now(),
        shownUrl: `${parts.symbol}${request.path}`,
      },
      kept,
    );
    running.add(exchange);
    void exchange.finished.then((finished) => {
      running.delete(exchange);
      done(finished);
      parts.onAnswer?.(request, finished);
    });
    return exchange;
  };

  const sockets = new Set<MessageSocket>();
  const connect = async (path: string): Promise<MessageSocket> => {
    if (isClosed) throw new Unverifiable("the check is over");
    budget.spend(url);
    const headers = { ...parts.headers };
    const onOver = recorder.begin({
      target: parts.symbol,
      method: "GET",
      path,
      headers: { ...headers, Connection: "Upgrade", Upgrade: "websocket" },
      body: undefined,
      captures: [],
    });
    const socket = await openMessageSocket({
      url: new URL(`${base.origin}${prefix}${path}`),
      headers,
      shownUrl: `${parts.symbol}${path}`,
      now,
      onOver,
    });
    if (socket === undefined)
      throw new NoAnswer("connection-lost", `GET ${path.split("?")[0] ?? ""}: no answer to the handshake`);
    sockets.add(socket);
    return socket;
  };

  return {
    name,
    access,
    url,
    open,
    connect,
    close() {
      isClosed = true;
      for (const exchange of running) exchange.hangUp();
      for (const socket of sockets) void socket.close();
      for (const { socket } of connections.values()) socket?.destroy();
    },
    async call(request) {
      for (let tries = 1; ; tries++) {
        const exchange = await open(request).finished;
        if (exchange.head === undefined) throw noAnswer(request, exchange);
        const waitMs =
          request.method === "GET" && exchange.head.status === 503 && tries <= RETRIES
            ? retryAfterMs(exchange)
            : undefined;
        if (waitMs === undefined) return exchange;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    },
  };
}

/** How often a read is repeated that the server put off. */
const RETRIES = 3;

/** Milliseconds that a server asks to wait, at most 5,000; `undefined` when it does not ask. */
function retryAfterMs(exchange: WireExchange): number | undefined {
  const seconds = Number(headerOf(exchange, "retry-after") ?? Number.NaN);
  return seconds >= 0 ? Math.min(5_000, seconds * 1_000) : undefined;
}

function noAnswer(request: CallRequest, exchange: WireExchange): NoAnswer {
  const what = `${request.method} ${request.path.split("?")[0] ?? ""}: no answer (${exchange.end})`;
  return new NoAnswer(
    exchange.end === "malformed" ? "not-http" : exchange.end === "silence" ? "no-answer" : "connection-lost",
    what,
  );
}

function bodyOf(request: CallRequest): Uint8Array | undefined {
  if (request.json !== undefined) return Buffer.from(JSON.stringify(request.json));
  return typeof request.body === "string" ? Buffer.from(request.body) : request.body;
}
