import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { createScope, type Flow, type StreamPart, type Transport, type TransportRequest } from "@rxsandbox/transport";
import { createUndiciTransport } from "@rxsandbox/transport-undici";
import { firstValueFrom } from "rxjs";
import { Agent } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { answer, startRawServer, type RawServer } from "./testing/raw-server.js";
import { eventually, watch } from "./testing/watch.js";

const get = (url: string, rest: Partial<TransportRequest> = {}): TransportRequest => ({
  method: "GET",
  url,
  headers: {},
  ...rest,
});
const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("createUndiciTransport", () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  function transport(...options: Parameters<typeof createUndiciTransport>): Transport {
    const created = createUndiciTransport(...options);
    closing.push(() => created.close());
    return created;
  }
  async function raw(...script: Parameters<typeof startRawServer>): Promise<RawServer> {
    const server = await startRawServer(...script);
    closing.push(() => server.close());
    return server;
  }

  it("asks for no compression and names itself", async () => {
    const seen: string[] = [];
    const server = await raw((socket, request) => {
      seen.push(request.toLowerCase());
      socket.write(answer(""));
    });
    const client = transport();
    await firstValueFrom(client.request(get(server.url)));
    await firstValueFrom(client.request(get(server.url, { headers: { "user-agent": "mine" } })));
    expect(seen[0]).not.toContain("accept-encoding");
    expect(seen[0]).toContain("user-agent: rxsandbox");
    expect(seen[1]).toContain("user-agent: mine");
  });

  it("asks for a connection of its own and does not use it again", async () => {
    const seen: string[] = [];
    const server = await raw((socket, request) => {
      seen.push(request.toLowerCase());
      socket.write(answer(""));
    });
    const client = transport();
    for (let count = 0; count < 3; count += 1)
      await firstValueFrom(client.request(get(server.url, { method: "POST", body: "x", closeConnection: true })));
    expect(server.sockets).toHaveLength(3);
    expect(seen.every((request) => request.includes("connection: close"))).toBe(true);
  });

  it("keeps the connection after a DELETE with a body", async () => {
    const server = await raw((socket) => void socket.write(answer("")));
    const client = transport();
    for (let count = 0; count < 3; count += 1)
      await firstValueFrom(client.request(get(server.url, { method: "DELETE", body: "[]" })));
    expect(server.sockets).toHaveLength(1);
  });

  it("opens a new connection when the server closed the idle one", async () => {
    const server = await raw((socket) => void socket.write(answer("")));
    const client = transport();
    await firstValueFrom(client.request(get(server.url)));
    server.sockets[0]?.resetAndDestroy();
    await pause(20);
    await firstValueFrom(client.request(get(server.url)));
    expect(server.sockets).toHaveLength(2);
  });

  it("lets whole requests wait beyond the bound, in order; streams pass them", async () => {
    const asked: string[] = [];
    const server = await raw((socket, request) => {
      const path = request.split(" ")[1] ?? "";
      asked.push(path);
      if (path === "/stream") socket.write(chunked);
      else setTimeout(() => void socket.write(answer(path)), 40);
    });
    const client = transport({ maxConcurrentRequests: 2 });
    const calls = ["/1", "/2", "/3", "/4"].map((path) => watch(client.request(get(server.url + path))));
    const stream = watch(client.open(get(`${server.url}/stream`)));
    calls[2]?.subscription.unsubscribe();
    await Promise.all([calls[0]?.ended, calls[1]?.ended, calls[3]?.ended]);
    stream.subscription.unsubscribe();
    expect(asked).toEqual(["/1", "/2", "/stream", "/4"]);
    expect(server.sockets).toHaveLength(3);
  });

  it("knows that a request which waits for its turn has not left", async () => {
    const server = await raw(() => undefined);
    const client = transport({ maxConcurrentRequests: 1 });
    const first = watch(client.request(get(server.url, { method: "POST" })));
    const second = watch(client.request(get(server.url, { method: "POST", timeoutMs: 30 })));
    expect((await second.ended).error).toMatchObject({ kind: "timeout", sent: false });
    first.subscription.unsubscribe();
  });

  it("stops connecting on unsubscribe and when the time is up, and knows that nothing has left", async () => {
    // TLS to a server that never answers the handshake: the connection stays under way.
    const server = await raw(() => undefined);
    const client = transport();
    const url = server.url.replace("http:", "https:");
    const dropped = watch(client.open(get(url)));
    await eventually(() => server.sockets.length === 1, "the connection is begun");
    dropped.subscription.unsubscribe();
    expect((await watch(client.request(get(url, { method: "POST", timeoutMs: 40 }))).ended).error).toMatchObject({
      kind: "timeout",
      sent: false,
    });
    await eventually(() => server.open() === 0, "both are closed");
    expect(server.sockets).toHaveLength(2);
  });

  it("forgets failed connections", async () => {
    let isBroken = true;
    const server = await raw((socket) => {
      if (isBroken) socket.resetAndDestroy();
      else socket.write(answer("ok"));
    });
    const client = transport();
    for (let count = 0; count < 3; count += 1)
      expect((await watch(client.request(get(server.url))).ended).error).toMatchObject({ kind: "reset" });
    isBroken = false;
    await firstValueFrom(client.request(get(server.url)));
    expect(server.open()).toBe(1);
  });

  it("carries many streams at once and closes every one of them", async () => {
    const server = await raw((socket) => void socket.write(chunked));
    const client = transport();
    const streams = Array.from({ length: 200 }, () => watch(client.open(get(server.url))));
    await eventually(() => streams.every(({ values }) => values.length === 2), "all have begun");
    for (const { subscription } of streams) subscription.unsubscribe();
    await eventually(() => server.open() === 0, "all are closed");
  });

  describe("a stream that is left", () => {
    /** What a server sees and does that goes on writing for a while, as a real daemon does. */
    function writer(forMs = Infinity) {
      const seen: string[] = [];
      const script = (socket: Socket): void => {
        const begun = performance.now();
        socket.on("end", () => seen.push("told"));
        socket.on("error", ({ code }: NodeJS.ErrnoException) => seen.push(String(code)));
        socket.on("close", () => seen.push("closed"));
        socket.write(chunked);
        const writing = setInterval(() => {
          if (performance.now() - begun > forMs) socket.end("0\r\n\r\n");
          if (socket.destroyed || socket.writableEnded) clearInterval(writing);
          else socket.write("3\r\nabc\r\n");
        }, 10);
      };
      return { seen, script };
    }

    async function leave(client: Transport, url: string, prepare?: (flow: Flow) => void): Promise<void> {
      const { values, subscription } = watch(client.open(get(url, { method: "POST", body: "{}" })));
      await eventually(() => values.length > 1, "it flows");
      const [head] = values as readonly StreamPart[];
      if (head?.kind === "head") prepare?.(head.flow);
      subscription.unsubscribe();
    }

    it("tells the server and reads on, so that what it still writes breaks nothing; also when it was paused", async () => {
      for (const prepare of [undefined, (flow: Flow) => flow.pause()]) {
        const { seen, script } = writer(300);
        const server = await raw(script, { allowHalfOpen: true });
        await leave(transport(), server.url, prepare);
        await eventually(() => seen.includes("closed"), "the server has ended it");
        expect(seen).toEqual(["told", "closed"]);
      }
    });

    it("closes the connection to a server that goes on after 1 s", async () => {
      const { seen, script } = writer();
      const server = await raw(script, { allowHalfOpen: true });
      await leave(transport(), server.url);
      await eventually(() => seen.includes("told"), "the server is told");
      await pause(500);
      expect(server.open()).toBe(1);
      await eventually(() => server.open() === 0, "it is closed");
    });

    it("is closed at once when it was detached or flows through a dispatcher of the caller's", async () => {
      const agent = new Agent();
      closing.push(() => agent.destroy());
      for (const [client, prepare] of [
        [transport({ dispatcher: agent }), undefined],
        [transport(), (flow: Flow) => flow.detach()],
      ] as const) {
        const { seen, script } = writer();
        const server = await raw(script, { allowHalfOpen: true });
        await leave(client, server.url, prepare);
        await eventually(() => seen.includes("closed"), "it is closed");
        expect(seen.some((what) => what === "EPIPE" || what === "ECONNRESET")).toBe(true);
      }
    });

    it("is reset when its length was announced: the server writes a file without looking whether anybody is there", async () => {
      const seen: string[] = [];
      const server = await raw(
        (socket) => {
          socket.on("end", () => seen.push("told"));
          socket.on("error", ({ code }: NodeJS.ErrnoException) => seen.push(String(code)));
          socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n${"x".repeat(1000)}`);
        },
        { allowHalfOpen: true },
      );
      await leave(transport(), server.url);
      await eventually(() => server.open() === 0, "it is closed");
      expect(seen).toEqual(["ECONNRESET"]);
    });

    it("is waited for by close, and its connection is not used again", async () => {
      const { seen, script } = writer(300);
      const server = await raw(script, { allowHalfOpen: true });
      const client = transport();
      await leave(client, server.url);
      await client.close();
      await eventually(() => seen.includes("closed"), "it is closed");
      expect(seen).toEqual(["told", "closed"]);
    });
  });

  describe("with drains", () => {
    /** A command whose answer stays open for a while after its last event. */
    async function command(client: Transport, url: string, scope: ReturnType<typeof createScope>): Promise<void> {
      await new Promise<void>((resolve, reject) => {
        let received = 0;
        let detach = (): void => undefined;
        const subscription = client.open(get(url, { method: "POST", body: "{}" })).subscribe({
          next: (part: StreamPart) => {
            if (part.kind === "head") {
              detach = part.flow.detach;
              return;
            }
            received += part.bytes.byteLength;
            // Not within next: the subscription of a synchronous source would not be there yet.
            queueMicrotask(() => {
              scope.drain({ subscription, detach, isQuiet: true, bytes: () => received });
              resolve();
            });
          },
          error: reject,
        });
      });
    }

    it("has at most 8 sockets open for commands one after the other without think time", async () => {
      const server = await raw((socket) => {
        socket.write(chunked);
        setTimeout(() => socket.destroyed || socket.write("0\r\n\r\n"), 1000);
      });
      const client = transport();
      const scope = createScope();
      let most = 0;
      for (let count = 0; count < 100; count += 1) {
        await command(client, server.url, scope);
        most = Math.max(most, server.open());
      }
      await scope.close();
      expect(most).toBeLessThanOrEqual(8);
    });

    it("needs no new connection per command with think time", async () => {
      const server = await raw((socket) => {
        socket.write(chunked);
        setTimeout(() => socket.destroyed || socket.write("0\r\n\r\n"), 20);
      });
      const client = transport();
      const scope = createScope();
      for (let count = 0; count < 20; count += 1) {
        await command(client, server.url, scope);
        await pause(40);
      }
      await scope.close();
      expect(server.sockets.length).toBeLessThanOrEqual(2);
    });
  });

  describe("detach", () => {
    const script = (url: string, rest: string): string => `
      import { createUndiciTransport } from "@rxsandbox/transport-undici";
      const transport = createUndiciTransport();
      const get = (path) => ({ method: "GET", url: ${JSON.stringify(url)} + path, headers: {} });
      let flow;
      transport.open(get("/stream")).subscribe({ next: (part) => { if (part.kind === "head") flow = part.flow; else chunk(); }, complete: () => complete(), error: (error) => console.log(error) });
      let complete = () => undefined;
      const chunk = () => { ${rest} };
    `;
    function run(source: string) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
        cwd: new URL("../..", import.meta.url),
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
      return {
        child,
        ended: once(child, "close").then(() => ({ code: child.exitCode, signal: child.signalCode, output })),
      };
    }

    it("lets the process end while the body is open", async () => {
      const server = await raw((socket) => void socket.write(chunked));
      expect(await run(script(server.url, "flow.detach(); console.log('detached');")).ended).toEqual({
        code: 0,
        signal: null,
        output: "detached\n",
      });
    });

    it("is what lets it end", async () => {
      const server = await raw((socket) => void socket.write(chunked));
      const { child, ended } = run(script(server.url, "console.log('attached');"));
      await once(child.stdout, "data");
      await pause(500);
      child.kill();
      expect(await ended).toEqual({ code: null, signal: "SIGTERM", output: "attached\n" });
    });

    it("ends with that response: the next one on the same connection keeps the process alive", async () => {
      const server = await raw((socket, request) => {
        if (request.includes("/stream")) {
          socket.write(chunked);
          setTimeout(() => void socket.write("0\r\n\r\n"), 50);
        } else {
          setTimeout(() => void socket.write(answer("late")), 300);
        }
      });
      const source = script(
        server.url,
        `flow.detach();
         const alive = setTimeout(() => undefined, 10_000);
         complete = () => {
           transport.request(get("/next")).subscribe(({ body }) => console.log(body.toString()));
           clearTimeout(alive);
         };`,
      );
      expect(await run(source).ended).toEqual({ code: 0, signal: null, output: "late\n" });
      expect(server.sockets).toHaveLength(1);
    });
  });
});
