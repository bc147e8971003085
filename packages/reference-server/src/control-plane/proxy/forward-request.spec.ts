import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { closeServer, listenOnLoopback } from "../../shared/listen-on-loopback.js";
import { forwardRequest } from "./forward-request.js";
import { guardedServer } from "../../shared/forwarding/guarded-server.js";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly";

/** A proxy before a peer that answers without a look at the body. */
async function proxyPort(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "rx-body-"));
  closers.push(() => rmSync(directory, { recursive: true }));
  const socketPath = join(directory, "peer.sock");
  const peer = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(ANSWER, () => socket.destroy()));
  }).listen(socketPath);
  await once(peer, "listening");
  closers.push(() => peer.close());
  const proxy = guardedServer({
    onRequest(request, response) {
      const hasBody = request.method === "POST";
      forwardRequest(request, response, {
        socketPath,
        path: "/",
        headers: ["Host", "x", ...(hasBody ? ["Transfer-Encoding", "chunked"] : [])],
        hasBody,
        ownHeaders: {},
        onFailure: () => response.writeHead(502).end(),
      });
    },
  });
  await listenOnLoopback(proxy, 0);
  closers.push(() => closeServer(proxy));
  return (proxy.address() as AddressInfo).port;
}

/** Pieces that come one by one: reading must not stop at any of them. */
async function writeSlowly(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.write(piece);
  }
}

const HEAD = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc";

it("answers the next request of a connection whose last was answered before its body had come", async () => {
  const socket = connect(await proxyPort(), "127.0.0.1");
  closers.push(() => socket.destroy());
  let got = "";
  socket.setEncoding("latin1").on("data", (text: string) => (got += text));
  socket.write(HEAD);
  await expect.poll(() => got).toMatch(/^HTTP\/1\.1 200 [^]*early$/);
  await writeSlowly(socket, ["d", "e", "f", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"]);
  await expect.poll(() => got.split("early").length).toBe(3);
});

it("sees the end of a connection whose request was answered before its body had come", async () => {
  const socket = connect({ port: await proxyPort(), host: "127.0.0.1", allowHalfOpen: true });
  closers.push(() => socket.destroy());
  socket.on("data", () => undefined).write(HEAD);
  await writeSlowly(socket, ["d", "e", "f"]);
  const ended = once(socket, "end", { signal: AbortSignal.timeout(5_000) });
  socket.end();
  await ended;
});
