import { createServer, type AddressInfo, type Socket } from "node:net";
import { parseBenchCommand } from "../bench-command.js";
import { commandStream, type CommandStream } from "./command-stream.js";
import { connectionCounter, type ConnectionStats } from "./connection-stats.js";
import { LAST_CHUNK } from "./http-chunks.js";
import { requestReader, type BenchRequest } from "./request-reader.js";
import { startTransferServer } from "./transfer-server.js";

/** Id of the one sandbox that the bench server knows. */
export const BENCH_SANDBOX_ID = "021a861c-c226-4ff2-be1b-969669d081bd";

/** Id of the sandbox whose daemon is the transfer server. */
export const BENCH_TRANSFER_SANDBOX_ID = "021a861c-c226-4ff2-be1b-969669d081be";

export interface BenchServer {
  /** `host:port`. */
  readonly domain: string;
  stats(): ConnectionStats;
  resetStats(): void;
  close(): Promise<void>;
}

/**
 * Starts a scripted server with one running sandbox on loopback: lifecycle reads and renew, endpoint, ping, and
 * `/command` answers that follow {@link parseBenchCommand}. All answers are prebuilt, so that the client is what is
 * measured.
 */
export async function startBenchServer(): Promise<BenchServer> {
  const counter = connectionCounter();
  const sockets = new Set<Socket>();
  let answers: ReadonlyMap<string, Buffer> = new Map();

  const server = createServer({ noDelay: true }, (socket) => {
    counter.connected(socket);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A client that aborts a body resets the connection; that is no failure of the server.
    socket.on("error", () => socket.destroy());
    socket.on(
      "data",
      requestReader((request) => answer(socket, request)),
    );
  });

  function answer(socket: Socket, request: BenchRequest): void {
    const path = request.target.split("?", 1)[0] ?? "";
    if (request.method === "POST" && path === "/proxy/44772/command") {
      counter.command();
      const command = parseBenchCommand(String((JSON.parse(request.body) as { command?: unknown }).command));
      if (command !== undefined) return void writeStream(socket, commandStream(command));
    }
    socket.write(answers.get(`${request.method} ${path}`) ?? notFound);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const domain = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transfers = await startTransferServer();
  answers = new Map([
    ...cannedAnswers(BENCH_SANDBOX_ID, domain),
    ...cannedAnswers(BENCH_TRANSFER_SANDBOX_ID, transfers.domain),
  ]);
  return {
    domain,
    stats: counter.read,
    resetStats: counter.reset,
    close: async () => {
      await transfers.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const streamHead = Buffer.from(
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n",
);

function writeStream(socket: Socket, stream: CommandStream): void {
  socket.write(streamHead);
  if (stream.everyUs !== undefined) return writePaced(socket, stream.parts, stream.everyUs / 1000);
  const parts = stream.parts.values();
  const next = (): void => {
    for (const part of parts) {
      if (!socket.write(part)) {
        socket.once("drain", next);
        return;
      }
    }
    if (stream.holdMs === 0) return;
    const timer = setTimeout(() => socket.write(LAST_CHUNK), stream.holdMs);
    socket.once("close", () => clearTimeout(timer));
  };
  next();
}

/**
 * Writes one part per turn of the event loop, so that no two of them share a TCP segment. Timers are too coarse for the
 * pace.
 */
function writePaced(socket: Socket, parts: readonly Buffer[], everyMs: number): void {
  const started = performance.now();
  let written = 0;
  const turn = (): void => {
    const part = parts[written];
    if (part === undefined || socket.destroyed) return;
    if (performance.now() - started >= written * everyMs) {
      socket.write(part);
      written += 1;
    }
    setImmediate(turn);
  };
  turn();
}

function cannedAnswers(id: string, daemon: string): ReadonlyMap<string, Buffer> {
  const sandbox = {
    id,
    image: { uri: "python:3.11" },
    status: {
      state: "Running",
      reason: "CONTAINER_RUNNING",
      message: "Sandbox is running.",
      lastTransitionAt: "2026-11-23T02:03:37.325529Z",
    },
    metadata: { team: "ml", project: "demo" },
    entrypoint: ["tail", "-f", "/dev/null"],
    expiresAt: "2026-11-23T02:13:37.325529Z",
    createdAt: "2026-11-23T02:03:37.325529Z",
  };
  const base = `/v1/sandboxes/${id}`;
  return new Map([
    [`GET ${base}`, json(sandbox)],
    [`POST ${base}/renew-expiration`, json({ expiresAt: sandbox.expiresAt })],
    [`GET ${base}/endpoints/44772`, json({ endpoint: `${daemon}/proxy/44772` })],
    [`GET ${base}/endpoints/18080`, json({ endpoint: `${daemon}/proxy/18080` })],
    ["GET /proxy/44772/ping", Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")],
    ["DELETE /proxy/44772/command", Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")],
  ]);
}

const notFound = json({ detail: "Not Found" }, "404 Not Found");

function json(body: unknown, status = "200 OK"): Buffer {
  const text = JSON.stringify(body);
  return Buffer.from(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nx-request-id: 0123456789abcdef0123456789abcdef\r\n\r\n${text}`,
  );
}
