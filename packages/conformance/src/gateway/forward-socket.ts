import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { type Alteration, type GatewayRequest, isAnswer, type SocketMessage } from "./alteration.js";
import { isFinalStatus } from "./answer-guard.js";
import type { GatewayParts } from "./start-gateway.js";

/** A longer message ends its connection. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** Bytes that may wait for a slow reader before the other side is paused. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Passes a WebSocket on: byte by byte, or message by message where the alteration looks at them; never rejects. */
export async function forwardSocket(
  parts: GatewayParts,
  incoming: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  try {
    await forward(parts, incoming, socket, head);
  } catch (error) {
    refuse(
      socket,
      502,
      `The gateway cannot pass this WebSocket on: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

async function forward(parts: GatewayParts, incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
  const target = parts.book.locate(incoming.url ?? "/");
  if (target === undefined) return refuse(socket, 404);
  const base = new URL(target.base);
  const { alteration } = parts;
  const asked: GatewayRequest = {
    part: target.part,
    method: "GET",
    path: target.path,
    headers: { upgrade: "websocket" },
    body: Buffer.alloc(0),
    nthOnConnection: 1,
  };
  const request = (await alteration.request?.(asked)) ?? asked;
  if (isAnswer(request)) return refuse(socket, request.status);
  if (socket.destroyed) return;
  const path = `${base.pathname.replace(/\/$/, "")}${request.path}`;
  if (alteration.message === undefined) return splice(base, path, incoming, socket, head);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).flatMap(([name, value]) =>
      typeof value === "string" &&
      !name.startsWith("sec-websocket") &&
      !["host", "connection", "upgrade"].includes(name)
        ? [[name, value]]
        : [],
    ),
  );
  const server = new WebSocket(`${base.protocol === "https:" ? "wss" : "ws"}://${base.host}${path}`, {
    headers,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  let isJoined = false;
  // A client that leaves, or whose handshake is wrong, leaves nothing behind.
  socket.once("close", () => {
    if (!isJoined) server.terminate();
  });
  server.on("unexpected-response", (asked, answer) => {
    const { statusCode = 0 } = answer;
    refuse(socket, isFinalStatus(statusCode) ? statusCode : 502);
    asked.destroy();
  });
  server.on("error", (error) => {
    if (!isJoined) refuse(socket, 502, `The gateway cannot pass on what the server answered: ${error.message}.`);
  });
  server.once("open", () => {
    new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES }).handleUpgrade(
      incoming,
      socket,
      head,
      (client) => {
        isJoined = true;
        bridge(alteration, request, client, server);
      },
    );
  });
}

/** Answers in place of the server, unless that is done already, and ends the connection. */
function refuse(socket: Socket, status: number, text = ""): void {
  if (!socket.writable) return;
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  // Without a reader the client's own end would not be seen.
  socket.resume().end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}

function splice(base: URL, path: string, incoming: IncomingMessage, socket: Socket, head: Buffer): void {
  const isTls = base.protocol === "https:";
  const port = base.port === "" ? (isTls ? 443 : 80) : Number(base.port);
  const upstream = isTls
    ? connectTls({ host: base.hostname, port, servername: base.hostname })
    : connect({ host: base.hostname, port });
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${base.host}`];
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    const name = incoming.rawHeaders[at] ?? "";
    if (name.toLowerCase() !== "host") lines.push(`${name}: ${incoming.rawHeaders[at + 1] ?? ""}`);
  }
  upstream.on("error", () => socket.destroy());
  upstream.on("close", () => socket.destroy());
  socket.on("close", () => upstream.destroy());
  upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
  upstream.write(head);
  upstream.pipe(socket);
  socket.pipe(upstream);
}

function bridge(alteration: Alteration, request: GatewayRequest, client: WebSocket, server: WebSocket): void {
  const ends = { client, server };
  const listen = (from: SocketMessage["from"], to: SocketMessage["from"]): void => {
    ends[from].on("message", (data, isBinary) => {
      try {
        relay(alteration, request, from, data, isBinary, ends[from], ends[to]);
      } catch {
        // An alteration may expect other messages than a wrong server sends.
        client.terminate();
        server.terminate();
      }
    });
    ends[from].on("close", (code, reason) => closeLike(ends[to], code, reason));
    ends[from].on("error", () => ends[to].terminate());
  };
  listen("client", "server");
  listen("server", "client");
}

function relay(
  alteration: Alteration,
  request: GatewayRequest,
  from: SocketMessage["from"],
  data: RawData,
  isBinary: boolean,
  source: WebSocket,
  to: WebSocket,
): void {
  const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
  for (const message of alteration.message?.({ from, data: isBinary ? bytes : bytes.toString("utf8") }, request) ??
    []) {
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(message.data, () => {
      if (to.bufferedAmount <= MAX_WAITING_BYTES) source.resume();
    });
    if (to.bufferedAmount > MAX_WAITING_BYTES) source.pause();
  }
}

/** Codes that mean "no close frame" cannot be sent. */
function closeLike(socket: WebSocket, code: number, reason: Buffer): void {
  if (code === 1005) socket.close();
  else if (code === 1006 || code === 1015) socket.terminate();
  else socket.close(code, reason);
}
