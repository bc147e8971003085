import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { shareBytes } from "./held-bodies.js";

/** Connections that one listener holds; one more is closed at once. */
export const MAX_CONNECTIONS = 4096;

/** How long a client may take for the head of a request; looked at every few seconds. */
const HEAD_TIMEOUT_MS = 15_000;
const CHECK_INTERVAL_MS = 3_000;

/** What a {@link guardedServer} does with what it is asked. */
export interface ServerListeners {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Absent: an upgrade is refused. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Absent: a tunnel is refused. */
  readonly onConnect?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Gets what a listener threw. */
  readonly onThrow?: (error: unknown) => void;
  /** What the bodies of all requests may take in memory together; 64 MiB unless given. */
  readonly bodyBytes?: number;
}

/**
 * Makes an HTTP server that no connection can end: each has a listener for its errors from its first byte to its last,
 * whoever holds it then, and a listener that throws ends the connection, not the process. Connections, heads that do
 * not end and bodies in memory are bounded.
 */
export function guardedServer({
  onRequest,
  onUpgrade,
  onConnect,
  onThrow = () => undefined,
  bodyBytes = 64 * 1024 * 1024,
}: ServerListeners): Server {
  const share = shareBytes(bodyBytes);
  const guard = (connection: { destroy(): unknown }, act: () => void): void => {
    try {
      act();
    } catch (error) {
      connection.destroy();
      onThrow(error);
    }
  };
  const limits = { headersTimeout: HEAD_TIMEOUT_MS, connectionsCheckingInterval: CHECK_INTERVAL_MS };
  const server = createServer(limits, (request, response) => {
    share(request, response);
    guard(response, () => onRequest(request, response));
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on("connection", (socket) => socket.on("error", () => socket.destroy()));
  if (onUpgrade !== undefined)
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      guard(socket, () => onUpgrade(request, socket, head)),
    );
  if (onConnect !== undefined)
    server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      guard(socket, () => onConnect(request, socket, head)),
    );
  return server;
}
