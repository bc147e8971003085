import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { namespaceObstacle } from "../drivers/namespace/namespace-driver.js";
import { availableDrivers } from "../testing/available-drivers.js";
import { HOSTILE_WAYS, type HostilePeer, hostilePeer } from "../testing/hostile-peer.js";
import { hugeHead, interimStorm } from "../testing/hostile-service.js";
import { lasting } from "../testing/lasting.js";
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

// The egress proxy leads to this machine, and a spec to it, only where sandboxes share the machine's network.
const SETUPS: readonly { readonly driver: "namespace" | "process"; readonly network: "own" | "shared" }[] = [
  ...(await availableDrivers()).map((driver) => ({ driver, network: "shared" }) as const),
  ...((await namespaceObstacle("own")) === undefined ? [{ driver: "namespace", network: "own" } as const] : []),
];

describe.each(SETUPS)(
  "startReferenceServer and what services of a sandbox answer ($driver driver, $network network)",
  ({ driver, network }) => {
    interface Attacked {
      readonly server: ServerProcess;
      readonly id: string;
      readonly peer: HostilePeer;
    }
    const attacked = lasting<Attacked>({
      async start() {
        const server = await serverProcess({ driver, network });
        const id = await server.create({ networkPolicy: { defaultAction: "allow", egress: [] } });
        return { server, id, peer: await hostilePeer(server, id) };
      },
      async check({ server, id }) {
        await server.check();
        expect(await server.run(id, "echo alive")).toBe("alive\n");
      },
      close: ({ server }) => server.close(),
    });
    let server: ServerProcess;
    let peer: HostilePeer;
    let id: string;
    beforeEach(async () => {
      ({ server, id, peer } = await attacked.get());
    });
    afterAll(() => attacked.close());

    describe.each(HOSTILE_WAYS.filter((way) => network === "shared" || way !== "the egress proxy"))(
      "through %s",
      (way) => {
        it.each(ANSWERS)("gives 502 for %s and lives (H5, H7)", async (_name, bytes) => {
          expect(await peer.ask(way, bytes)).toMatchObject({
            statusLine: expect.stringMatching(/^HTTP\/1\.1 502 /),
            isEnded: true,
          });
          await check(way);
        });

        it("lives when the answer breaks off in its chunks (H5)", async () => {
          const bytes = text("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc\r\nzz\r\n");
          expect(await peer.ask(way, bytes)).toMatchObject({ isEnded: true });
          await check(way);
        });

        it.each([
          ...ANSWERS,
          ["an invalid upgrade", text("HTTP/1.1 101 Switching\x01\r\n\r\n")],
          ["an invalid frame", text(`${SWITCHED}\xf1\x80`)],
        ] as const)("ends an upgrade that gets %s and lives (H5, H6)", async (_name, bytes) => {
          expect(await peer.ask(way, bytes, true)).toMatchObject({ isEnded: true });
          await check(way);
        });
      },
    );

    it.runIf(network === "shared").each(["constructor", "__proto__", "tostring", "valueof"])(
      "finds no address in a name that every object has: %s (H5)",
      async (name) => {
        expect(await peer.askEgress(`http://${name}/`)).toMatchObject({
          statusLine: expect.stringMatching(/^HTTP\/1\.1 50[24] /),
          isEnded: true,
        });
        await check("the egress proxy");
      },
    );

    async function check(way: string): Promise<void> {
      await server.check();
      expect(await peer.ask(way, text(""))).toEqual({ statusLine: "HTTP/1.1 200 OK", isEnded: true });
      expect(await server.run(id, "echo alive")).toBe("alive\n");
    }
  },
);

function text(bytes: string): Buffer {
  return Buffer.from(bytes, "latin1");
}

const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: x\r\n\r\n";
