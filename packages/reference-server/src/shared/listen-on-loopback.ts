import type { Server } from "node:http";
import { ReferenceServerError } from "./reference-server-error.js";

/** Binds a server to 127.0.0.1 and sets the time limits that long streams need. */
export function listenOnLoopback(server: Server, port: number): Promise<void> {
  // Streams and uploads last for hours; the head of a request does not.
  server.requestTimeout = 0;
  server.timeout = 0;
  server.keepAliveTimeout = 30_000;
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === "EADDRINUSE" ? "the port is in use" : cause.message;
      reject(
        new ReferenceServerError("address-unavailable", `cannot listen on 127.0.0.1:${port}: ${reason}`, { cause }),
      );
    });
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

/** Stops listening and drops all connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
