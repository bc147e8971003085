import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createFetchTransport,
  type SocketOpen,
  type SocketPart,
  type SocketRequest,
  type Transport,
} from "@rxsandbox/transport";
import { createUndiciTransport } from "@rxsandbox/transport-undici";
import { WebSocket } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer, type WebSocket as ServerSocket } from "ws";
import { startRawServer } from "./testing/raw-server.js";
import { eventually, watch, type Watched } from "./testing/watch.js";

// Node 20 has no WebSocket of its own.
const implementations: readonly (readonly [string, () => Transport])[] = [
  ["createUndiciTransport", () => createUndiciTransport()],
  [
    "createFetchTransport",
    () => createFetchTransport({ WebSocket: WebSocket as unknown as typeof globalThis.WebSocket }),
  ],
];

describe.each(implementations)("%s connect", (name, create) => {
  const isFetch = name === "createFetchTransport";
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  function transport(): Transport {
    const created = create();
    closing.push(() => created.close());
    return created;
  }
  async function serve(onConnection: (socket: ServerSocket, headers: IncomingHttpHeaders) => void) {
    const server = new WebSocketServer({
      port: 0,
      host: "127.0.0.1",
      handleProtocols: (offered) => [...offered][0] ?? false,
    });
    server.on("connection", (socket, request) => onConnection(socket, request.headers));
    await new Promise((resolve) => server.once("listening", resolve));
    closing.push(() => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(resolve));
    });
    return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/x`, server };
  }
  const to = (url: string, rest: Partial<SocketRequest> = {}): SocketRequest => ({ url, headers: {}, ...rest });
  async function opened(call: Watched<SocketPart>): Promise<SocketOpen> {
    await eventually(() => call.values.length > 0, "the socket is open");
    return call.values[0] as SocketOpen;
  }

  it("opens with a protocol, carries texts and bytes both ways, and completes after the close", async () => {
    const { url } = await serve((socket) => {
      socket.on("message", (data, isBinary) => {
        if (data.toString() === "end") socket.close(4001, "bye");
        else socket.send(data, { binary: isBinary });
      });
    });
    const call = watch(transport().connect(to(url, { protocols: ["pty"] })));
    const { protocol, send, bufferedBytes } = await opened(call);
    expect(protocol).toBe("pty");
    send("text");
    send(new Uint8Array([1, 2]));
    send("end");
    await call.ended;
    expect(call.values.slice(1)).toEqual([
      { kind: "message", data: "text" },
      { kind: "message", data: new Uint8Array([1, 2]) },
      { kind: "close", code: 4001, reason: "bye" },
    ]);
    expect(call.isDone).toBe(true);
    expect(bufferedBytes()).toBe(0);
  });

  it("closes by the caller's word, and on unsubscribe", async () => {
    const codes: number[] = [];
    const { url } = await serve((socket) => void socket.on("close", (code) => codes.push(code)));
    const client = transport();
    const first = watch(client.connect(to(url)));
    (await opened(first)).close(4000, "done");
    await first.ended;
    const second = watch(client.connect(to(url)));
    await opened(second);
    second.subscription.unsubscribe();
    await eventually(() => codes.length === 2, "both are closed");
    expect(codes[0]).toBe(4000);
    expect(second.isDone).toBe(false);
  });

  it("sends headers, or refuses where the platform cannot", async () => {
    let seen: IncomingHttpHeaders = {};
    const { url } = await serve((_, headers) => {
      seen = headers;
    });
    const call = watch(transport().connect(to(url, { headers: { "x-token": "t" } })));
    if (isFetch) {
      expect((await call.ended).error).toMatchObject({ name: "TransportFailure", kind: "unsupported", sent: false });
      return;
    }
    await opened(call);
    expect(seen["x-token"]).toBe("t");
    call.subscription.unsubscribe();
  });

  it("fails when the connection breaks without a close", async () => {
    const { url } = await serve((socket) => void setTimeout(() => socket.terminate(), 20));
    expect((await watch(transport().connect(to(url))).ended).error).toMatchObject({
      name: "TransportFailure",
      kind: "reset",
    });
  });

  it("fails when nobody listens, when the answer is no socket, and when the time is up", async () => {
    const refusing = await startRawServer(
      (socket) => void socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"),
    );
    const silent = await startRawServer(() => undefined);
    closing.push(
      () => refusing.close(),
      () => silent.close(),
    );
    const client = transport();
    expect((await watch(client.connect(to(refusing.url.replace("http", "ws")))).ended).error).toMatchObject({
      kind: "connect",
      sent: true,
    });
    expect(
      (await watch(client.connect(to(silent.url.replace("http", "ws"), { timeoutMs: 40 }))).ended).error,
    ).toMatchObject({ kind: "timeout" });
    const gone = await startRawServer(() => undefined);
    await gone.close();
    expect((await watch(client.connect(to(gone.url.replace("http", "ws")))).ended).error).toMatchObject({
      kind: "connect",
      sent: true,
    });
    expect((await watch(client.connect(to("nonsense:")))).error).toMatchObject({ kind: "unsupported" });
  });

  it("is ended by close of the transport", async () => {
    const { url } = await serve(() => undefined);
    const client = transport();
    const call = watch(client.connect(to(url)));
    await opened(call);
    await client.close();
    expect(call.error).toMatchObject({ kind: "closed" });
    expect((await watch(client.connect(to(url))).ended).error).toMatchObject({ kind: "closed", sent: false });
  });
});
