import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { type Alteration, type GatewayRequest, isAnswer, type SocketMessage } from "./alteration.js";
import type { GatewayParts } from "./start-gateway.js";

/** Passes a WebSocket on: byte by byte, or message by message where the alteration looks at them. */
export async function forwardSocket(parts: GatewayParts, incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
  // A client that hangs up during the handshake has nobody to tell.
  socket.on("error", () => socket.destroy());
  const target = parts.book.locate(incoming.url ?? "/");
  if (target === undefined) return void socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  const base = new URL(target.base);
  const { alteration } = parts;
  const asked: GatewayRequest = { part: target.part, method: "GET", path: target.path, headers: { upgrade: "websocket" }, body: Buffer.alloc(0), nthOnConnection: 1 };
  const request = (await alteration.request?.(asked)) ?? asked;
  if (isAnswer(request)) return void socket.end(`HTTP/1.1 ${request.status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  const path = `${base.pathname.replace(/\/$/, "")}${request.path}`;
  if (alteration.message === undefined) return splice(base, path, incoming, socket, head);
  const headers = Object.fromEntries(Object.entries(incoming.headers).flatMap(([name, value]) => (typeof value === "string" && !name.startsWith("sec-websocket") && !["host", "connection", "upgrade"].includes(name) ? [[name, value]] : [])));
  const server = new WebSocket(`${base.protocol === "https:" ? "wss" : "ws"}://${base.host}${path}`, { headers, perMessageDeflate: false });
  server.once("unexpected-response", (_, answer) => {
    socket.end(`HTTP/1.1 ${answer.statusCode ?? 502} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  server.once("error", () => socket.destroy());
  const early: [RawData, boolean][] = [];
  const keep = (data: RawData, isBinary: boolean): void => void early.push([data, isBinary]);
  server.on("message", keep);
  server.once("open", () => {
    new WebSocketServer({ noServer: true, perMessageDeflate: false }).handleUpgrade(incoming, socket, head, (client) => {
      server.off("message", keep);
      for (const [data, isBinary] of early) relay(alteration, request, "server", data, isBinary, client);
      bridge(alteration, request, client, server);
    });
  });
}

function splice(base: URL, path: string, incoming: IncomingMessage, socket: Socket, head: Buffer): void {
  const isTls = base.protocol === "https:";
  const port = base.port === "" ? (isTls ? 443 : 80) : Number(base.port);
  const upstream = isTls ? connectTls({ host: base.hostname, port, servername: base.hostname }) : connect({ host: base.hostname, port });
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
  client.on("message", (data, isBinary) => relay(alteration, request, "client", data, isBinary, server));
  server.on("message", (data, isBinary) => relay(alteration, request, "server", data, isBinary, client));
  client.on("close", (code, reason) => closeLike(server, code, reason));
  server.on("close", (code, reason) => closeLike(client, code, reason));
  client.on("error", () => server.terminate());
  server.on("error", () => client.terminate());
}

function relay(alteration: Alteration, request: GatewayRequest, from: SocketMessage["from"], data: RawData, isBinary: boolean, to: WebSocket): void {
  const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
  for (const message of alteration.message?.({ from, data: isBinary ? bytes : bytes.toString("utf8") }, request) ?? []) {
    if (to.readyState === WebSocket.OPEN) to.send(message.data);
  }
}

/** Codes that mean "no close frame" cannot be sent. */
function closeLike(socket: WebSocket, code: number, reason: Buffer): void {
  if (code === 1005) socket.close();
  else if (code === 1006 || code === 1015) socket.terminate();
  else socket.close(code, reason);
}
