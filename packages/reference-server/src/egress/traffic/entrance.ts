import { chmodSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { Server as HttpServer } from "node:http";

/** Name of the Unix socket, in the socket directory of a sandbox, behind which the server's egress proxy listens for that sandbox. */
export const PROXY_SOCKET = "p.sock";

/** Port on which a sandbox with a network of its own finds the proxy; nothing else is there. */
export const PROXY_PORT = 18_081;

/** Connections that one sandbox has to the proxy at once; one more is closed at once. */
const MAX_CONNECTIONS = 1024;

/** Lets connections to a Unix socket in to an HTTP server. */
export async function openEntrance(socketPath: string, server: HttpServer): Promise<Server> {
  const entrance = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    server.emit("connection", socket);
  });
  entrance.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    entrance.once("error", reject);
    entrance.listen(socketPath, () => resolve());
  });
  chmodSync(socketPath, 0o600);
  return entrance;
}
