import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** What a {@link guardedServer} does with what it is asked. */
export interface ServerListeners {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Absent: an upgrade is refused. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Absent: a tunnel is refused. */
  readonly onConnect?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Gets what a listener threw. */
  readonly onThrow?: (error: unknown) => void;
}

/**
 * Makes an HTTP server that no connection can end: each has a listener for its errors from its first byte to its last, whoever holds it
 * then, and a listener that throws ends the connection, not the process.
 */
export function guardedServer({ onRequest, onUpgrade, onConnect, onThrow = () => undefined }: ServerListeners): Server {
  const guard = (connection: { destroy(): unknown }, act: () => void): void => {
    try {
      act();
    } catch (error) {
      connection.destroy();
      onThrow(error);
    }
  };
  const server = createServer((request, response) => guard(response, () => onRequest(request, response)));
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
