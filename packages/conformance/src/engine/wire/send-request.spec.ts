import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { textOf } from "../../model/read-exchange.js";
import { type KeptConnection, sendRequest } from "./send-request.js";
import type { WireExchange } from "../../model/wire-exchange.js";

let server: Server | undefined;
afterEach(() => void server?.close());

async function serve(answer: (socket: Socket, request: string) => void): Promise<URL> {
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => answer(socket, bytes.toString("latin1")));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function get(
  url: URL,
  more: { readonly idleMs?: number; readonly until?: (soFar: WireExchange) => boolean } = {},
  kept?: KeptConnection,
): ReturnType<typeof sendRequest> {
  return sendRequest(
    {
      method: "GET",
      url,
      target: "/a/../b?x=%20",
      headers: [["Host", url.host]],
      body: undefined,
      idleMs: 5_000,
      startedAt: 0,
      shownUrl: "$x/b",
      ...more,
    },
    kept,
  );
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

describe("sendRequest", () => {
  it("sends the target as it was given", async () => {
    let seen = "";
    const url = await serve((socket, request) => {
      seen = request;
      socket.end(OK);
    });
    expect(await get(url).finished).toMatchObject({ end: "complete", head: { status: 200 } });
    expect(seen.split("\r\n")[0]).toBe("GET /a/../b?x=%20 HTTP/1.1");
  });

  it.each<[WireExchange["end"], (socket: Socket) => void]>([
    ["short", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")],
    ["malformed", (socket) => socket.end("SSH-2.0\r\n")],
    ["silence", (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")],
  ])("tells %s from the other ends", async (end, answer) => {
    const url = await serve((socket) => answer(socket));
    expect((await get(url, { idleMs: end === "silence" ? 50 : 5_000 }).finished).end).toBe(end);
  });

  it("tells a reset from an end", async () => {
    let reset: () => void = () => {};
    const url = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi");
      reset = () => void socket.resetAndDestroy();
    });
    const exchange = get(url);
    await exchange.until((soFar) => textOf(soFar) === "hi");
    reset();
    expect((await exchange.finished).end).toBe("reset");
  });

  it("says refused where nobody listens", async () => {
    const url = await serve(() => {});
    server?.close();
    await once(server as Server, "close");
    expect(await get(url).finished).toMatchObject({ end: "refused", head: undefined });
  });

  it("hangs up as soon as it has seen enough", async () => {
    const url = await serve(
      (socket) => void socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nend\r\n"),
    );
    expect((await get(url, { until: (soFar) => textOf(soFar).includes("end") }).finished).end).toBe("client");
  });

  it("gives what has come while the rest is coming", async () => {
    let go: () => void = () => {};
    const url = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
      go = () => void socket.write("cd");
    });
    const exchange = get(url);
    expect(textOf(await exchange.until((soFar) => textOf(soFar) === "ab"))).toBe("ab");
    go();
    expect(textOf(await exchange.finished)).toBe("abcd");
  });

  it("uses a kept connection again, and a new one after the peer closed it", async () => {
    const sockets = new Set<Socket>();
    const url = await serve((socket) => {
      sockets.add(socket);
      socket.write(OK);
    });
    const kept: KeptConnection = { socket: undefined };
    await get(url, {}, kept).finished;
    await get(url, {}, kept).finished;
    expect(sockets.size).toBe(1);
    const [first] = sockets;
    const closed = once(kept.socket as Socket, "close");
    first?.end();
    kept.socket?.resume();
    await closed;
    expect((await get(url, {}, kept).finished).end).toBe("complete");
    expect(sockets.size).toBe(2);
    kept.socket?.destroy();
  });
});
