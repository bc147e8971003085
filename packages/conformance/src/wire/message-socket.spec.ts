import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { openMessageSocket } from "./message-socket.js";
import type { WireExchange } from "./wire-exchange.js";

let server: Server;
let url: URL;
beforeAll(async () => {
  const sockets = new WebSocketServer({ noServer: true });
  server = createServer().on("upgrade", (request, socket, head) => {
    if (request.url === "/refused") return void socket.end("HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    if (request.url === "/dropped") return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send(String(request.headers["x-token"]));
      client.on("message", (data, isBinary) => (isBinary ? client.send(data) : client.close(4001, "enough")));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => void server.close());

function open(path: string, ended: WireExchange[]) {
  return openMessageSocket({ url: new URL(path, url), headers: { "X-Token": "t" }, shownUrl: `$execd${path}`, now: () => performance.now(), onOver: (exchange) => void ended.push(exchange) });
}

describe("openMessageSocket", () => {
  it("keeps the messages in order, text and bytes apart, and tells how it was closed", async () => {
    const ended: WireExchange[] = [];
    const socket = await open("/", ended);
    await socket?.until((messages) => messages.length === 1);
    socket?.send(Buffer.from([0, 255]));
    await socket?.until((messages) => messages.length === 2);
    socket?.send("stop");
    await socket?.untilClosed();
    expect(socket?.messages).toEqual(["t", Buffer.from([0, 255])]);
    expect(socket?.closed).toEqual({ code: 4001, reason: "enough" });
    expect(ended).toMatchObject([{ url: "$execd/", end: "complete", head: { status: 101 } }]);
    expect(ended[0]?.chunks.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).toEqual(["74", "00ff"]);
  });

  it("tells the status of a refused handshake", async () => {
    const ended: WireExchange[] = [];
    const socket = await open("/refused", ended);
    expect(socket?.status).toBe(409);
    expect(socket?.closed).toBeDefined();
    expect(ended).toMatchObject([{ head: { status: 409 } }]);
  });

  it("gives nothing where no answer came", async () => {
    const ended: WireExchange[] = [];
    expect(await open("/dropped", ended)).toBeUndefined();
    expect(ended).toMatchObject([{ end: "reset", head: undefined }]);
  });
});
