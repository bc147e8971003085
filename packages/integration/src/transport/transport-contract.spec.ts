import type { StreamPart } from "@rxsandbox/transport";
import { firstValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { contractSetup, expectNoUnhandledRejections, get, implementations, textOf } from "../testing/contract-setup.js";
import { answer } from "./testing/raw-server.js";
import { eventually, watch } from "./testing/watch.js";

expectNoUnhandledRejections();

describe.each(implementations)("%s", (name, create) => {
  const isFetch = name === "createFetchTransport";
  const { transport, raw, http } = contractSetup(create);

  describe("request", () => {
    it("sends at subscribe, once per subscription, and emits one whole response", async () => {
      const seen: string[] = [];
      const { url } = await http((request, response) => {
        seen.push(`${request.method} ${request.url} ${request.headers["x-a"]}`);
        response
          .writeHead(
            201,
            [
              ["X-Up", "1"],
              ["x-many", "a"],
              ["X-Many", "b"],
            ].flat(),
          )
          .end("body");
      });
      const call = transport().request(get(`${url}/p?q=%20`, { headers: { "x-a": "v" } }));
      expect(seen).toEqual([]);
      const [first] = (await watch(call).ended).values;
      expect(first).toMatchObject({ status: 201, headers: { "x-up": "1", "x-many": "a, b" } });
      expect(Buffer.from(first?.body ?? []).toString()).toBe("body");
      await firstValueFrom(call);
      expect(seen).toEqual(["GET /p?q=%20 v", "GET /p?q=%20 v"]);
    });

    it.each([204, 400, 404, 500, 503])("takes the status %i for a value", async (status) => {
      const { url } = await http((_, response) => void response.writeHead(status).end());
      expect(await firstValueFrom(transport().request(get(url)))).toMatchObject({ status, body: new Uint8Array() });
    });

    it("does not follow redirects", async () => {
      const seen: (string | undefined)[] = [];
      const { url } = await http((request, response) => {
        seen.push(request.url);
        response.writeHead(307, { location: "/elsewhere" }).end();
      });
      expect(await firstValueFrom(transport().request(get(`${url}/here`)))).toMatchObject({ status: 307 });
      expect(seen).toEqual(["/here"]);
    });

    it("reuses the connection", async () => {
      const server = await raw((socket) => void socket.write(answer("ok")));
      const client = transport();
      for (let count = 0; count < 5; count += 1) await firstValueFrom(client.request(get(server.url)));
      // Undici's own pools open a second one, since they wait a turn before they reuse the first.
      expect(server.sockets.length).toBeLessThanOrEqual(name === "createUndiciTransport" ? 1 : 2);
    });

    it("sends texts, bytes, blobs and iterables with their length", async () => {
      const seen: unknown[] = [];
      const { url } = await http((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
          seen.push([body, request.headers["content-length"] ?? request.headers["transfer-encoding"]]);
          response.end();
        });
      });
      const client = transport();
      const iterable = async function* () {
        yield Buffer.from("a");
        yield Buffer.from("b");
      };
      for (const rest of [
        { body: "héllo" },
        { body: new Uint8Array([65, 66]) },
        { body: new Blob(["blob"]) },
        { body: iterable() },
        { body: iterable(), contentLength: 2 },
        {},
      ]) {
        await firstValueFrom(client.request(get(url, { method: "POST", ...rest })));
      }
      expect(seen).toEqual([
        ["héllo", "6"],
        ["AB", "2"],
        ["blob", "4"],
        ["ab", "chunked"],
        ["ab", isFetch ? "chunked" : "2"],
        ["", "0"],
      ]);
    });

    it("fails with what a body threw, and does not leave the server with a request that looks whole", async () => {
      const server = await raw(() => expect.unreachable());
      const thrown = new Error("source");
      const body = async function* () {
        yield Buffer.from("a");
        throw thrown;
      };
      const { error } = await watch(
        transport().request(get(server.url, { method: "POST", body: body(), contentLength: 2 })),
      ).ended;
      expect(error).toMatchObject({ name: "TransportFailure" });
      await eventually(() => server.open() === 0, "the connection is closed");
    });

    it("gives up the source of a body when it is aborted", async () => {
      let isClosed = false;
      const { url } = await http((request) => void request.resume());
      const body = async function* () {
        try {
          for (;;) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            yield Buffer.from("a");
          }
        } finally {
          isClosed = true;
        }
      };
      const call = watch(transport().request(get(url, { method: "POST", body: body() })));
      await new Promise((resolve) => setTimeout(resolve, 30));
      call.subscription.unsubscribe();
      await eventually(() => isClosed, "the source is closed");
    });

    it("bounds the body", async () => {
      const server = await raw(
        (socket) => void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n${"x".repeat(100_000)}`),
      );
      const { error } = await watch(transport().request(get(server.url, { maxBodyBytes: 1000 }))).ended;
      expect(error).toMatchObject({ kind: "too-large" });
      await eventually(() => server.open() === 0, "the connection is closed");
    });

    it("limits head and body by its time", async () => {
      const silent = await raw(() => undefined);
      const slow = await raw((socket) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"));
      for (const { url } of [silent, slow]) {
        const { error, values } = await watch(transport().request(get(url, { timeoutMs: 60 }))).ended;
        expect(error).toMatchObject({ name: "TransportFailure", kind: "timeout", sent: true });
        expect(values).toEqual([]);
      }
      await eventually(() => silent.open() + slow.open() === 0, "the connections are closed");
    });
  });

  describe("close", () => {
    it("aborts what runs with a failure, refuses further work, and may be called again", async () => {
      const server = await raw((socket, request) => {
        if (!request.includes("/silent"))
          socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
      });
      const client = transport();
      const running = [
        watch(client.open(get(server.url))),
        watch(client.open(get(`${server.url}/silent`))),
        watch(client.request(get(server.url))),
      ];
      await eventually(
        () => textOf(running[0]?.values as StreamPart[]) === "abc" && server.sockets.length === 3,
        "all are running",
      );
      await client.close();
      for (const { error } of running) expect(error).toMatchObject({ name: "TransportFailure", kind: "closed" });
      expect((await watch(client.request(get(server.url))).ended).error).toMatchObject({ kind: "closed", sent: false });
      expect((await watch(client.open(get(server.url))).ended).error).toMatchObject({ kind: "closed", sent: false });
      await client.close();
      await eventually(() => server.open() === 0, "all connections are closed");
    });
  });

  it("fails on what cannot be sent", async () => {
    for (const request of [
      get("http://[nonsense/"),
      get("http://127.0.0.1:1/", { headers: { "bad name": "x" } }),
      get("http://127.0.0.1:1/", { headers: { a: "x\r\ny: z" } }),
    ]) {
      expect((await watch(transport().request(request)).ended).error).toMatchObject({
        name: "TransportFailure",
        kind: "unsupported",
        sent: false,
      });
    }
  });
});
