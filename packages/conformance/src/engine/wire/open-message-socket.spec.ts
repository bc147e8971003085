import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { MessageSocket } from "../../model/message-socket.js";
import { openMessageSocket } from "./open-message-socket.js";
import type { WireExchange } from "../../model/wire-exchange.js";

let server: Server;
let url: URL;
beforeAll(async () => {
  const sockets = new WebSocketServer({ noServer: true });
  server = createServer().on("upgrade", (request, socket, head) => {
    if (request.url === "/refused")
      return void socket.end("HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    if (request.url === "/dropped") return void socket.destroy();
    // Neither close frame ends this connection: the peer has to.
    if (request.url === "/lingers") socket.end = () => socket;
    sockets.handleUpgrade(request, socket, head, (client) => {
      if (request.url === "/deaf") socket.pause();
      client.send(String(request.headers["x-token"]));
      client.on("message", (data, isBinary) => (isBinary ? client.send(data) : client.close(4001, "enough")));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => void server.close());

function open(path: string, ended: WireExchange[], startTimer?: (delayMs: number, callback: () => void) => () => void) {
  return openMessageSocket({
    url: new URL(path, url),
    headers: { "X-Token": "t" },
    shownUrl: `$execd${path}`,
    now: () => performance.now(),
    onOver: (exchange) => void ended.push(exchange),
    ...(startTimer && { startTimer }),
  });
}

/**
 * Timers of which those for at most `longestMs` are over at once and the others never; with the delays of those that
 * were not cancelled.
 */
function fakeTimers(longestMs: number) {
  const waited: number[] = [];
  const startTimer = (delayMs: number, callback: () => void): (() => void) => {
    let isCancelled = false;
    if (delayMs <= longestMs) setImmediate(() => isCancelled || (waited.push(delayMs), callback()));
    return () => void (isCancelled = true);
  };
  return { waited, startTimer };
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
    expect(socket).toMatchObject({ closed: { code: 4001, reason: "enough" }, isLeftOpen: false });
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

  it.each([
    ["its own close", async (socket: MessageSocket | undefined) => socket?.close(), 1000],
    [
      "that of the server",
      async (socket: MessageSocket | undefined) => (socket?.send("stop"), socket?.untilClosed()),
      4001,
    ],
  ] as const)("ends the connection itself after %s when the server does not", async (_, close, code) => {
    const ended: WireExchange[] = [];
    const { waited, startTimer } = fakeTimers(100);
    const socket = await open("/lingers", ended, startTimer);
    await close(socket);
    expect(waited).toEqual([100]);
    expect(socket).toMatchObject({ closed: { code }, isLeftOpen: true });
    expect(ended).toMatchObject([{ end: "complete" }]);
  });

  it("gives up a close frame that is not answered after 5 s", async () => {
    const ended: WireExchange[] = [];
    const { waited, startTimer } = fakeTimers(5_000);
    const socket = await open("/deaf", ended, startTimer);
    await socket?.close();
    expect(waited).toEqual([5_000]);
    expect(ended).toMatchObject([{ end: "reset" }]);
  });
});
