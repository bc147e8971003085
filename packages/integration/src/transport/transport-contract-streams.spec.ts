import { firstValueFrom, take } from "rxjs";
import { describe, expect, it } from "vitest";
import { contractSetup, expectNoUnhandledRejections, get, implementations, textOf } from "../testing/contract-setup.js";
import { answer } from "./testing/raw-server.js";
import { eventually, watch } from "./testing/watch.js";

expectNoUnhandledRejections();

describe.each(implementations)("%s", (name, create) => {
  const isFetch = name === "createFetchTransport";
  const { transport, raw, http } = contractSetup(create);

  describe("open", () => {
    it("emits the head before the body, then the chunks as they arrive, then completes", async () => {
      let finish = (): void => undefined;
      const { url } = await http((_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("one");
        finish = () => void response.end("two");
      });
      const call = watch(transport().open(get(url)));
      await eventually(() => textOf(call.values) === "one", "the first chunk arrives");
      expect(call.values[0]).toMatchObject({
        kind: "head",
        status: 200,
        headers: { "content-type": "text/event-stream" },
      });
      finish();
      expect((await call.ended).isDone).toBe(true);
      expect(textOf(call.values)).toBe("onetwo");
    });

    it("passes 1xx answers over", async () => {
      const server = await raw(
        (socket) =>
          void socket.write(
            `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${answer("ok")}`,
          ),
      );
      const { values, isDone } = await watch(transport().open(get(server.url))).ended;
      expect(values.filter(({ kind }) => kind === "head")).toMatchObject([{ status: 200 }]);
      expect(isDone).toBe(true);
    });

    it("limits the time to the head only", async () => {
      const server = await raw((socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
        setTimeout(() => void socket.write("ok"), 120);
      });
      expect((await watch(transport().open(get(server.url, { timeoutMs: 60 }))).ended).isDone).toBe(true);
      const silent = await raw(() => undefined);
      expect((await watch(transport().open(get(silent.url, { timeoutMs: 60 }))).ended).error).toMatchObject({
        kind: "timeout",
      });
    });

    it("fails when nothing moves for the idle time, not while something does", async () => {
      const server = await raw((socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n");
        for (const atMs of [40, 80, 120]) setTimeout(() => void socket.write("x"), atMs);
      });
      const { error, values } = await watch(transport().open(get(server.url, { idleTimeoutMs: 100 }))).ended;
      expect(error).toMatchObject({ kind: "timeout" });
      expect(textOf(values)).toBe("xxx");
    });

    it("does not count the time that the source of a body takes", async () => {
      const { url } = await http((request, response) => {
        request.resume().on("end", () => void response.end("ok"));
      });
      const slow = async function* (): AsyncGenerator<Uint8Array> {
        for (let piece = 0; piece < 2; piece += 1) {
          await new Promise((resolve) => setTimeout(resolve, 90));
          yield new Uint8Array([65]);
        }
      };
      expect(
        (await watch(transport().open(get(url, { method: "POST", body: slow(), idleTimeoutMs: 60 }))).ended).error,
      ).toBeUndefined();
    });

    it("fails when the server does not take the body for the idle time", async () => {
      const server = await raw((socket) => void socket.pause());
      const endless = async function* (): AsyncGenerator<Uint8Array> {
        for (;;) yield new Uint8Array(1024 * 1024);
      };
      const { error } = await watch(
        transport().open(get(server.url, { method: "POST", body: endless(), idleTimeoutMs: 100 })),
      ).ended;
      expect(error).toMatchObject({ kind: "timeout" });
    });

    it.each([
      ["a reset before the head", "", "reset"],
      ["an end before the head", "", "end"],
      ["a reset in the body", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", "reset"],
      ["an end in a body with length", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", "end"],
      ["a reset in a chunked body", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", "reset"],
      [
        "a reset of a connection of its own",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "reset",
      ],
      [
        "an end of a connection of its own",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "end",
      ],
      ["an end in a chunked body", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", "end"],
    ] as const)("fails on %s, after what came", async (_, sent, how) => {
      const server = await raw((socket) => {
        const breakOff = (): void => {
          if (how === "reset") socket.resetAndDestroy();
          else socket.end();
        };
        // A reset throws away what was not read yet: leave time for it.
        if (sent === "") breakOff();
        else socket.write(sent, () => setTimeout(breakOff, 40));
      });
      const { error, isDone, values } = await watch(transport().open(get(server.url))).ended;
      expect(error).toMatchObject({ name: "TransportFailure", kind: "reset", sent: true });
      expect(isDone).toBe(false);
      expect(textOf(values)).toBe(sent === "" ? "" : "abc");
    });

    it("completes a body that only the end of the connection ends", async () => {
      const server = await raw((socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nabc"));
      const { values, isDone } = await watch(transport().open(get(server.url))).ended;
      expect([textOf(values), isDone]).toEqual(["abc", true]);
    });

    it.each([
      ["noise", "this is not HTTP at all\r\n\r\n"],
      ["a head beyond all bounds", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(200_000)}\r\n\r\n`],
    ])("fails on %s", async (_, sent) => {
      const server = await raw((socket) => void socket.write(sent));
      expect((await watch(transport().open(get(server.url))).ended).error).toMatchObject({
        name: "TransportFailure",
        kind: "malformed",
      });
    });

    it("accepts large headers", async () => {
      const server = await raw(
        (socket) => void socket.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(12_000)}\r\ncontent-length: 0\r\n\r\n`),
      );
      expect((await watch(transport().open(get(server.url))).ended).values).toMatchObject([
        { headers: { x: "y".repeat(12_000) } },
      ]);
    });

    it("fails to connect to a port that nobody listens on", async () => {
      const server = await raw(() => undefined);
      await server.close();
      expect((await watch(transport().open(get(server.url))).ended).error).toMatchObject({
        name: "TransportFailure",
        kind: "connect",
        sent: isFetch,
      });
    });

    it("is dropped by unsubscribe before the connection is there", async () => {
      const seen: string[] = [];
      const server = await raw((socket, request) => {
        seen.push(request);
        socket.write(answer(""));
      });
      const client = transport();
      const dropped = watch(client.open(get(`${server.url}/dropped`)));
      dropped.subscription.unsubscribe();
      await firstValueFrom(client.request(get(`${server.url}/wanted`)));
      expect(seen).toHaveLength(1);
      expect([dropped.values, dropped.error, dropped.isDone]).toEqual([[], undefined, false]);
    });

    it("is aborted by unsubscribe before the head, at the head and in the body", async () => {
      const server = await raw((socket, request) => {
        if (!request.includes("/silent"))
          socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
      });
      const client = transport();
      const silent = watch(client.open(get(`${server.url}/silent`)));
      await new Promise((resolve) => setTimeout(resolve, 30));
      silent.subscription.unsubscribe();

      expect((await watch(client.open(get(server.url)).pipe(take(1))).ended).isDone).toBe(true);
      expect((await watch(client.open(get(server.url)).pipe(take(2))).ended).isDone).toBe(true);

      await eventually(() => server.open() === 0, "all connections are closed");
      expect([silent.values, silent.error, silent.isDone]).toEqual([[], undefined, false]);
    });

    it("stops reading while it is paused, and goes on when it is resumed", async () => {
      const piece = Buffer.alloc(64 * 1024, 120);
      const total = 64 * 1024 * 1024;
      let written = 0;
      const { url } = await http((_, response) => {
        response.writeHead(200, { "content-length": total });
        const pump = (): void => {
          while (written < total) {
            written += piece.byteLength;
            if (!response.write(piece)) {
              response.once("drain", pump);
              return;
            }
          }
          response.end();
        };
        pump();
      });
      let received = 0;
      let resume = (): void => undefined;
      const done = new Promise<void>((resolve, reject) => {
        transport()
          .open(get(url))
          .subscribe({
            next: (part) => {
              if (part.kind === "head") {
                part.flow.pause();
                resume = part.flow.resume;
              } else {
                received += part.bytes.byteLength;
              }
            },
            error: reject,
            complete: resolve,
          });
      });
      let before = -1;
      while (before !== written || before === 0) {
        before = written;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      // What the kernel, the platform and one chunk hold; far from all of it.
      expect(written).toBeLessThan(16 * 1024 * 1024);
      expect(received).toBeLessThan(1024 * 1024);
      resume();
      await done;
      expect(received).toBe(total);
    });
  });
});
