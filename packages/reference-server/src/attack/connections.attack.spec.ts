import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { nodeCommand } from "../testing/hostile-service.js";
import { rawHttp } from "../testing/raw-http.js";
import { type ServerProcess, serverProcess } from "../testing/server-process.js";

const COUNT = 5_000;
const BATCH = 200;
/** As documented: one listener holds so many connections. */
const LIMIT = 4_096;

describe("startReferenceServer and connections that do nothing", () => {
  let server: ServerProcess;
  let id: string;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = await serverProcess({});
    id = await server.create();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => server.close());

  function open(address: string, text: string): Socket {
    const [host = "", port = ""] = address.split(":");
    const socket = connect({ port: Number(port), host, allowHalfOpen: true }).on("error", () => undefined);
    sockets.push(socket);
    socket.resume().write(text);
    return socket;
  }

  it.each([
    ["domain", COUNT],
    ["directAddress", BATCH],
  ] as const)(
    `at its %s: holds ${LIMIT} of %i, serves others, and cuts those without a head`,
    { timeout: 90_000 },
    async (listener, total) => {
      const silent = ["", "GET /health HTTP/1.1\r\nHost: x\r\nx: "];
      // Some at a time: a full queue of the kernel would have them wait for each other.
      for (let count = 0; count < total; count += BATCH) {
        const some = Array.from({ length: BATCH }, (_, index) => open(server[listener], silent[index % 2] ?? ""));
        await Promise.all(some.map((socket) => once(socket, "connect")));
      }
      const held = (): number => sockets.filter((socket) => !socket.closed && !socket.readableEnded).length;
      await expect.poll(held, { timeout: 20_000 }).toBeLessThanOrEqual(LIMIT);
      // The listener that is not attacked, and the sandbox through it.
      if (listener === "directAddress") expect(await server.run(id, "echo served")).toBe("served\n");
      await expect.poll(held, { timeout: 40_000 }).toBe(0);
      // The server closes what it has ended a few seconds later, where a client keeps its side open.
      const isServed = async (): Promise<boolean> =>
        server.check().then(
          () => true,
          () => false,
        );
      await expect.poll(isServed, { timeout: 20_000 }).toBe(true);
      expect(await server.run(id, "echo served")).toBe("served\n");
    },
  );

  it(
    "ends a joined connection whose client has ended, also where the service reads nothing",
    { timeout: 60_000 },
    async () => {
      // It takes none of the bytes that it gets, and never ends a connection.
      const service = `require("http").createServer().on("upgrade", (request, socket) => {
        socket.on("error", () => {}).pause().write("HTTP/1.1 101 Switching Protocols\\r\\nconnection: upgrade\\r\\nupgrade: websocket\\r\\n\\r\\n");
      }).listen(8131, "127.0.0.1", () => require("fs").writeFileSync("open", "1"))`;
      await server.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, {
        command: nodeCommand(service),
        background: true,
      });
      await server.run(id, "for i in $(seq 200); do test -s open && break; sleep 0.05; done");
      const head = `GET /sandboxes/${id}/proxy/8131/ HTTP/1.1\r\nHost: ${server.domain}\r\nOPEN-SANDBOX-API-KEY: ${server.apiKey}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
      const clients = await Promise.all(
        Array.from({ length: 5 }, async () => {
          const socket = open(server.domain, head);
          await once(socket, "data");
          return socket;
        }),
      );
      const descriptors = async (): Promise<readonly number[]> => [
        readdirSync(`/proc/${server.pid}/fd`).length,
        Number(await server.run(id, "ls /proc/$PPID/fd | wc -l")),
      ];
      const [ofServer = 0, ofDaemon = 0] = await descriptors();
      for (const socket of clients) socket.end(Buffer.alloc(40_000, "x"));
      await Promise.all(clients.map((socket) => once(socket, "close", { signal: AbortSignal.timeout(20_000) })));
      // Each had two descriptors in either.
      const freed = async (): Promise<boolean> => {
        const [server = 0, daemon = 0] = await descriptors();
        return server <= ofServer - 8 && daemon <= ofDaemon - 8;
      };
      await expect.poll(freed, { timeout: 20_000 }).toBe(true);
    },
  );

  it("bounds the connections of a sandbox to its way out", { timeout: 60_000 }, async () => {
    const hog = `const net = require("net"), { hostname, port } = new URL(process.env.HTTP_PROXY);
      let open = 0, ended = 0; const sockets = [];
      for (let n = 0; n < 1500; n++) {
        const socket = net.connect(Number(port), hostname);
        socket.on("error", () => {}).on("connect", () => { open += 1; }).on("end", () => { ended += 1; });
        sockets.push(socket.resume());
      }
      const startedAt = Date.now();
      // The kernel completes connections that the server has yet to see, and to close.
      setInterval(() => {
        const waitedMs = Date.now() - startedAt;
        if (waitedMs < 4000 || (open - ended > 1024 && waitedMs < 25_000)) return;
        console.log(open - ended);
        process.exit();
      }, 200)`;
    const way = (await server.run(id, "echo $HTTP_PROXY")).trim();
    if (way === "") return;
    expect(Number(await server.run(id, nodeCommand(hog)))).toBeLessThanOrEqual(1024);
    await server.check();
    expect((await rawHttp(server.domain, { path: "/health" })).status).toBe(200);
    const through = "curl -s -o /dev/null -w '%{http_code}' -m 5 http://127.0.0.2/";
    await expect.poll(() => server.run(id, through), { timeout: 30_000 }).toBe("403\n");
  });
});
