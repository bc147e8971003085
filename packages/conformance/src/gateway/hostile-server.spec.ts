import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type GatewayProcess, gatewayProcess } from "../proof/testing/gateway-process.js";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** What a server answers to the key of a handshake (RFC 6455 4.2.2). */
function acceptOf(request: Buffer): string {
  const key = /^sec-websocket-key: *(\S+)/im.exec(request.toString("latin1"))?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/**
 * A gateway before a server that gives these bytes, `{accept}` filled in, to whatever it is asked but the path
 * `/innocent`.
 */
async function before(bytes: string, alteration?: string): Promise<GatewayProcess> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (data) =>
      socket.end(
        data.includes("/innocent")
          ? "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninnocent"
          : Buffer.from(bytes.replace("{accept}", acceptOf(data)), "latin1"),
      ),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  });
  const gateway = await gatewayProcess(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, alteration);
  closers.push(() => gateway.close());
  return gateway;
}

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
const ECHO = "{ message: (message) => [message] }";

/** All that a client gets of the gateway until the end. */
async function ask({ base }: GatewayProcess, path: string, headers = "Connection: close\r\n"): Promise<string> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  let got = "";
  socket.setEncoding("latin1").on("data", (text: string) => (got += text));
  socket.on("error", () => undefined);
  socket.on("end", () => socket.end());
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${headers}\r\n`);
  await once(socket, "close");
  return got;
}

async function expectAlive(gateway: GatewayProcess): Promise<void> {
  gateway.check();
  expect(await ask(gateway, "/innocent")).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*innocent$/);
}

describe("startGateway before a wrong server", () => {
  it.each([
    ["status 099", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", "status 99"],
    [
      "a control character in the reason phrase",
      "HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n",
      "a reason phrase with control characters",
    ],
    [
      "a control character in a header",
      "HTTP/1.1 200 OK\r\nx: a\x01b\r\nContent-Length: 0\r\n\r\n",
      "Parse Error|a header with characters",
    ],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "Parse Error"],
    ["no HTTP at all", "hello\r\n\r\n", "Parse Error"],
    ["a head of 200 KB", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(200_000)}\r\n\r\n`, "Parse Error"],
    ["an unexpected upgrade", SWITCHED, "an unexpected upgrade"],
    [
      "10,000 interim answers",
      `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
      "more than 32 interim answers",
    ],
  ])("answers %s with 502 and the reason", async (_name, bytes, reason) => {
    const gateway = await before(bytes);
    const answer = await ask(gateway, "/x");
    expect(answer).toMatch(/^HTTP\/1\.1 502 /);
    expect(answer).toMatch(new RegExp(`The gateway cannot pass on what the server answered: (?:${reason})`));
    await expectAlive(gateway);
  });

  it("passes 32 interim answers and what follows them", async () => {
    const gateway = await before(
      `${"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(32)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`,
    );
    expect(await ask(gateway, "/x")).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*ok$/);
  });

  it.each([
    ["its chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc\r\nzz\r\n"],
    ["its length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"],
  ])("cuts an answer that breaks off within %s", async (_name, bytes) => {
    const gateway = await before(bytes);
    expect(await ask(gateway, "/x")).toMatch(/^HTTP\/1\.1 200 OK/);
    await expectAlive(gateway);
  });

  it.each([
    ["no JSON", "<html>"],
    ["null", "null"],
    ["no address", '{"endpoint":"a b/[:"}'],
  ])("leaves an endpoint answer that holds %s to the client", async (_name, body) => {
    const gateway = await before(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    expect(await ask(gateway, "/v1/sandboxes/a/endpoints/1")).toMatch(/^HTTP\/1\.1 200 OK/);
    await expectAlive(gateway);
  });

  it.each([
    ["status 099", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", /^HTTP\/1\.1 502 Refused/],
    ["no HTTP at all", "hello\r\n\r\n", /^HTTP\/1\.1 502 Refused\r\n[^]*cannot pass on/],
    [
      "a wrong accept header",
      SWITCHED.replace("{accept}", "none"),
      /^HTTP\/1\.1 502 Refused\r\n[^]*Sec-WebSocket-Accept/,
    ],
    ["404", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", /^HTTP\/1\.1 404 Refused/],
    ["reserved bits in a frame", `${SWITCHED}\xf1\x80`, /^HTTP\/1\.1 101 /],
    ["a length of 2^63", `${SWITCHED}\x82\x7f\x80\0\0\0\0\0\0\0`, /^HTTP\/1\.1 101 /],
    ["close code 1005", `${SWITCHED}\x88\x02\x03\xed`, /^HTTP\/1\.1 101 /],
  ])("ends a WebSocket that gets %s, byte by byte and message by message", async (_name, bytes, expected) => {
    const altered = await before(bytes, ECHO);
    expect(await ask(altered, "/x", UPGRADE)).toMatch(expected);
    await expectAlive(altered);
    const plain = await before(bytes);
    expect(await ask(plain, "/x", UPGRADE)).toBe(bytes.replace("{accept}", acceptOf(Buffer.from(UPGRADE))));
    await expectAlive(plain);
  });

  it("refuses a WebSocket whose alteration throws", async () => {
    const throwing = await before(
      SWITCHED,
      "{ request: (request) => { if (request.path === '/x') throw new Error('no'); return request; } }",
    );
    expect(await ask(throwing, "/x", UPGRADE)).toMatch(/^HTTP\/1\.1 502 Refused/);
    await expectAlive(throwing);
  });

  it("ends a WebSocket whose alteration cannot read a message", async () => {
    const reading = await before(`${SWITCHED}\x81\x01x`, "{ message: ({ data }) => [JSON.parse(data)] }");
    expect(await ask(reading, "/x", UPGRADE)).toMatch(/^HTTP\/1\.1 101 /);
    await expectAlive(reading);
  });
});
