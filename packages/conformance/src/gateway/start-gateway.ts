import { Agent as HttpAgent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { addressBook, type AddressBook, type GatewayUpstream } from "./address-book.js";
import type { Alteration } from "./alteration.js";
import { forwardExchange } from "./forward-exchange.js";
import { forwardSocket } from "./forward-socket.js";

/** A gateway in front of a server. */
export interface Gateway {
  /** Base addresses that stand for those behind it. */
  readonly lifecycle?: string;
  readonly execd?: string;
  readonly egress?: string;
  close(): Promise<void>;
}

/** What the exchanges of one gateway share. */
export interface GatewayParts {
  readonly book: AddressBook;
  readonly alteration: Alteration;
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** Counts the requests of each connection. */
  readonly requestsOn: WeakMap<Socket, number>;
}

/**
 * Starts a gateway on 127.0.0.1 that passes traffic on and changes of it what `alteration` says; the endpoints that the
 * lifecycle API returns lead through it too.
 *
 * Nothing that a server or a client sends ends the process: an answer that no client can get becomes 502 with the
 * reason.
 *
 * Bounds: request bodies and altered answers are held whole, at most 64 MiB, and so are messages; streams are not held,
 * but for a line, at most 16 MiB. A request may get 32 interim answers.
 */
export async function startGateway(upstream: GatewayUpstream, alteration: Alteration): Promise<Gateway> {
  const agents = {
    http: new HttpAgent({ keepAlive: true, maxSockets: 256 }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: 256 }),
  };
  const sockets = new Set<Socket>();
  let parts: GatewayParts | undefined;
  const server: Server = createServer(
    { keepAliveTimeout: 30_000 },
    (request: IncomingMessage, response: ServerResponse) => {
      if (parts !== undefined) void forwardExchange(parts, request, response);
    },
  );
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (parts !== undefined) void forwardSocket(parts, request, socket, head);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    // From its first byte to its last: one that hangs up during a handshake has nobody to tell.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const book = addressBook(host, upstream);
  parts = { book, alteration, agents, requestsOn: new WeakMap() };
  return {
    ...(upstream.lifecycle === undefined
      ? {}
      : { lifecycle: `http://${host}${new URL(upstream.lifecycle).pathname.replace(/\/$/, "")}` }),
    ...(upstream.execd === undefined ? {} : { execd: `http://${book.publish("execd", upstream.execd)}` }),
    ...(upstream.egress === undefined ? {} : { egress: `http://${book.publish("egress", upstream.egress)}` }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        agents.http.destroy();
        agents.https.destroy();
      }),
  };
}
