import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { closeServer, listenOnLoopback } from "../listen-on-loopback.js";
import { guardedServer } from "./guarded-server.js";
import { refuseSocket } from "./refuse-socket.js";

let server: Server;
let client: Socket;
beforeEach(async () => {
  server = guardedServer({
    onRequest: (_request, response) => response.end(),
    onUpgrade: (_request, socket) => refuseSocket(socket, 502, {}, "no"),
  });
  await listenOnLoopback(server, 0);
  client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  client
    .on("error", () => undefined)
    .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  await once(
    client.on("data", () => undefined),
    "end",
  );
});
afterEach(async () => {
  client.destroy();
  await closeServer(server);
});

const connections = (): Promise<number> =>
  new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));

it("sees the end of a refused client that has still sent something", async () => {
  client.end("frames that nobody wants");
  await expect.poll(connections, { timeout: 3_000 }).toBe(0);
});

it("waits for the end of a refused client for a bounded time", async () => {
  await expect.poll(connections, { timeout: 10_000 }).toBe(0);
});
