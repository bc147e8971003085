import { chmodSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { Server as HttpServer } from "node:http";

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
