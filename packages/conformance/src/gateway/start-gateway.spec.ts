import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { Alteration } from "./alteration.js";
import { type Gateway, startGateway } from "./start-gateway.js";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/**
 * A server that streams three frames, hands out an endpoint on its own port, echoes bodies, and counts what it was
 * asked.
 */
async function serve(): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (request.url?.includes("/endpoints/"))
      return void response
        .writeHead(200, { "x-a": ["1", "2"] })
        .end(JSON.stringify({ endpoint: `${request.headers.host}/box/proxy/44772` }));
    if (request.url?.endsWith("/command")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('{"type":"init","text":"1"}\n\n');
      setImmediate(() => {
        response.write('{"type":"stdout","text":"ü"}\n\n');
        response.end('{"code":"X","message":"broke"}');
      });
      return;
    }
    void text(request).then((body) => response.writeHead(201, { "content-type": "text/plain" }).end(`got ${body}`));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.send("hello");
    socket.on("message", (data) => socket.send(`echo ${String(data)}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => new Promise((resolve) => (server.close(resolve), server.closeAllConnections(), sockets.close())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function before(
  alteration: Alteration = {},
): Promise<{ readonly gateway: Gateway; readonly seen: string[]; readonly base: string }> {
  const { url, seen } = await serve();
  const gateway = await startGateway({ lifecycle: url }, alteration);
  closers.push(gateway.close);
  return { gateway, seen, base: gateway.lifecycle ?? "" };
}

async function text(message: IncomingMessage): Promise<string> {
  let whole = "";
  for await (const chunk of message) whole += String(chunk);
  return whole;
}

function ask(url: string, method = "GET", body = ""): Promise<IncomingMessage> {
  return new Promise((resolve, reject) =>
    httpRequest(url, { method, headers: { "content-length": Buffer.byteLength(body) } }, resolve)
      .once("error", reject)
      .end(body),
  );
}

async function viaEndpoint(base: string): Promise<string> {
  const answer = await ask(`${base}/v1/sandboxes/s1/endpoints/44772`);
  return `http://${(JSON.parse(await text(answer)) as { endpoint: string }).endpoint}`;
}

describe("startGateway", () => {
  it("asks again on a new connection where the server has closed the kept one, and only then", async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        // The second request of a connection meets its end.
        if (served.has(request.socket)) return void request.socket.destroy();
        served.add(request.socket);
        if (body === "cut") request.socket.destroy();
        else response.end(body);
      });
    });
    const served = new WeakSet<object>();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())));
    const gateway = await startGateway({ lifecycle: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, {});
    closers.push(gateway.close);
    await expect(ask(`${gateway.lifecycle}/x`, "POST", "cut")).rejects.toThrow();
    expect(await text(await ask(`${gateway.lifecycle}/x`, "POST", "one"))).toBe("one");
    expect(await text(await ask(`${gateway.lifecycle}/x`, "POST", "two"))).toBe("two");
    expect(bodies).toEqual(["cut", "one", "two", "two"]);
  });

  it("passes requests, bodies, statuses and repeated headers on", async () => {
    const { base, seen } = await before();
    const answer = await ask(`${base}/v1/x?y=%20`, "POST", "body");
    expect([answer.statusCode, answer.headers["content-type"], await text(answer)]).toEqual([
      201,
      "text/plain",
      "got body",
    ]);
    expect(seen).toEqual(["POST /v1/x?y=%20"]);
  });

  it("leads the endpoints that the lifecycle API returns through itself, with their path kept", async () => {
    const { base, seen } = await before();
    const execd = await viaEndpoint(base);
    expect(new URL(execd).host).toBe(new URL(base).host);
    expect(execd.endsWith("/box/proxy/44772")).toBe(true);
    await text(await ask(`${execd}/ping`));
    expect(seen.at(-1)).toBe("GET /box/proxy/44772/ping");
  });

  it("tells the part of a request by where it goes, proxied paths of the server included", async () => {
    const parts: string[] = [];
    const { base } = await before({ request: (request) => (parts.push(`${request.part} ${request.path}`), request) });
    await text(await ask(`${await viaEndpoint(base)}/ping`));
    await text(await ask(`${base}/v1/sandboxes/s1/proxy/18080/policy`));
    await text(await ask(`${base}/sandboxes/s1/proxy/9000/x`));
    expect(parts).toEqual(["lifecycle /v1/sandboxes/s1/endpoints/44772", "execd /ping", "egress /policy", "other /x"]);
  });

  it("changes frames of streams, and leaves the others as they were", async () => {
    const { base } = await before({
      async *stream(frames) {
        for await (const frame of frames)
          yield "event" in frame && frame.event["type"] === "stdout"
            ? { event: { ...frame.event, text: "changed" } }
            : frame;
      },
    });
    expect(await text(await ask(`${base}/command`, "POST"))).toBe(
      '{"type":"init","text":"1"}\n\n{"type":"stdout","text":"changed"}\n\n{"code":"X","message":"broke"}',
    );
  });

  it("spells frames in the pieces it is told", async () => {
    const { base } = await before({ spell: (json) => Array.from(`data: ${json}\r\n\r\n`) });
    const whole = await text(await ask(`${base}/command`, "POST"));
    expect(whole).toContain('data: {"type":"stdout","text":"ü"}\r\n\r\n');
  });

  it("finishes, cuts or resets a stream in place of a frame", async () => {
    const ending = (act: "finish" | "cut" | "reset"): Alteration => ({
      async *stream(frames) {
        for await (const frame of frames) {
          yield frame;
          yield { act };
        }
      },
    });
    const finished = await before(ending("finish"));
    expect(await text(await ask(`${finished.base}/command`, "POST"))).toBe('{"type":"init","text":"1"}\n\n');
    for (const act of ["cut", "reset"] as const) {
      const { base } = await before(ending(act));
      await expect(ask(`${base}/command`, "POST").then(text)).rejects.toThrow(/aborted|ECONNRESET/);
    }
  });

  it("answers in the server's place, changes answers, and counts the requests of a connection", async () => {
    const { base, seen } = await before({
      request: (request) =>
        request.path === "/own"
          ? { status: 418, headers: {}, body: Buffer.from(String(request.nthOnConnection)) }
          : request,
      answer: (answer) => ({ ...answer, status: 202, body: Buffer.from(answer.body.toString().toUpperCase()) }),
    });
    const own = await ask(`${base}/own`);
    expect([own.statusCode, await text(own)]).toEqual([418, "1"]);
    expect(seen).toEqual([]);
    const answer = await ask(`${base}/other`, "PUT", "x");
    expect([answer.statusCode, await text(answer)]).toEqual([202, "GOT X"]);
  });

  it("passes WebSockets on, byte by byte or message by message", async () => {
    for (const alteration of [
      {},
      { message: (message) => [{ ...message, data: `${String(message.data)}!` }] },
    ] satisfies Alteration[]) {
      const { base } = await before(alteration);
      const socket = new WebSocket(`${base.replace("http", "ws")}/ws`);
      const messages: string[] = [];
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.on("message", (data) => {
          messages.push(String(data));
          if (messages.length === 1) socket.send("a");
          else socket.close();
        });
        socket.on("close", () => resolve());
      });
      expect(messages).toEqual("message" in alteration ? ["hello!", "echo a!!"] : ["hello", "echo a"]);
    }
  });
});
