import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostilePeer, hostilePeer, hugeHead, interimStorm } from "../testing/hostile-peer.js";
import { type ServerProcess, serverProcess } from "../testing/server-process.js";

const ANSWERS: readonly (readonly [name: string, bytes: Buffer])[] = [
  ["status 099", text("HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n")],
  ["status 000", text("HTTP/1.1 000 \r\ncontent-length: 0\r\n\r\n")],
  ["a control character in the reason phrase", text("HTTP/1.1 200 O\x01K\r\ncontent-length: 0\r\n\r\n")],
  ["DEL in the reason phrase", text("HTTP/1.1 200 O\x7fK\r\ncontent-length: 0\r\n\r\n")],
  ["a control character in a header", text("HTTP/1.1 200 OK\r\nx: a\x01b\r\ncontent-length: 0\r\n\r\n")],
  ["two lengths", text("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab")],
  ["no HTTP at all", text("hello\r\n\r\n")],
  ["a close", text(" ")],
  ["a head of 200 KB", hugeHead(200)],
  ["10,000 interim answers", interimStorm(10_000)],
];

describe("startReferenceServer and what services of a sandbox answer", () => {
  let server: ServerProcess;
  let peer: HostilePeer;
  let id: string;

  beforeAll(async () => {
    // The service answers through the egress proxy too, which leads to this machine only where sandboxes share its network.
    server = await serverProcess({ network: "shared" });
    id = await server.create({ networkPolicy: { defaultAction: "allow", egress: [] } });
    peer = await hostilePeer(server, id);
  });
  afterAll(() => server.close());

  describe.each(["the server proxy", "the direct listener", "the daemon's port proxy", "the egress proxy"])("through %s", (way) => {
    it.each(ANSWERS)("gives 502 for %s and lives (H5, H7)", async (_name, bytes) => {
      expect(await peer.ask(way, bytes)).toMatchObject({ statusLine: expect.stringMatching(/^HTTP\/1\.1 502 /), isEnded: true });
      await check(way);
    });

    it("lives when the answer breaks off in its chunks", async () => {
      const bytes = text("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc\r\nzz\r\n");
      expect(await peer.ask(way, bytes)).toMatchObject({ isEnded: true });
      await check(way);
    });

    it.each([...ANSWERS, ["an upgrade that is none", text("HTTP/1.1 101 Switching\x01\r\n\r\n")], ["a frame that is none", text(`${SWITCHED}\xf1\x80`)]] as const)("ends an upgrade that gets %s and lives", async (_name, bytes) => {
      expect(await peer.ask(way, bytes, true)).toMatchObject({ isEnded: true });
      await check(way);
    });
  });

  async function check(way: string): Promise<void> {
    await server.check();
    expect(await peer.ask(way, text(""))).toEqual({ statusLine: "HTTP/1.1 200 OK", isEnded: true });
    expect(await server.run(id, "echo alive")).toBe("alive\n");
  }
});

function text(bytes: string): Buffer {
  return Buffer.from(bytes, "latin1");
}

const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: x\r\n\r\n";
