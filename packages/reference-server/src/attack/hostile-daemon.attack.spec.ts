import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { DAEMON_WAYS, type HostileDaemon, hostileDaemon } from "../testing/hostile-daemon.js";
import { hugeHead, interimStorm } from "../testing/hostile-service.js";
import { lasting } from "../testing/lasting.js";
import { type ServerProcess, serverProcess } from "../testing/server-process.js";

const ANSWERS: readonly (readonly [name: string, bytes: Buffer])[] = [
  ["status 099", Buffer.from("HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n")],
  ["a control character in the reason phrase", Buffer.from("HTTP/1.1 200 O\x01K\r\ncontent-length: 0\r\n\r\n")],
  ["a control character in a header", Buffer.from("HTTP/1.1 200 OK\r\nx: a\x01b\r\ncontent-length: 0\r\n\r\n")],
  ["two lengths", Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab")],
  [
    "an upgrade that was not requested",
    Buffer.from("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  ],
  ["a head of 200 KB", hugeHead(200)],
  ["10,000 interim answers", interimStorm(10_000)],
];

// The socket lies in no directory that commands of the namespace driver can change. Finding it needs /proc.
describe.runIf(process.platform === "linux")(
  "startReferenceServer and a service in the place of a sandbox's daemon (process driver)",
  () => {
    interface Attacked {
      readonly server: ServerProcess;
      readonly other: string;
      readonly daemon: HostileDaemon;
    }
    const attacked = lasting<Attacked>({
      async start() {
        const server = await serverProcess({ driver: "process" });
        return { server, other: await server.create(), daemon: await hostileDaemon(server, await server.create()) };
      },
      async check({ server, other }) {
        await server.check();
        expect(await server.run(other, "echo alive")).toBe("alive\n");
      },
      close: ({ server }) => server.close(),
    });
    let server: ServerProcess;
    let other: string;
    let daemon: HostileDaemon;
    beforeEach(async () => {
      ({ server, other, daemon } = await attacked.get());
    });
    afterAll(() => attacked.close());

    describe.each(DAEMON_WAYS)("through %s", (way) => {
      it.each(ANSWERS)("fails a request that gets %s, and lives (H5)", async (_name, bytes) => {
        expect(await daemon.ask(way, bytes)).toMatchObject({
          statusLine: expect.stringMatching(/^HTTP\/1\.1 50[02] /),
          isEnded: true,
        });
        await check(way);
      });

      it.each(ANSWERS)("ends an upgrade that gets %s, and lives (H5)", async (_name, bytes) => {
        expect(await daemon.ask(way, bytes, true)).toMatchObject({ isEnded: true });
        await check(way);
      });
    });

    async function check(way: string): Promise<void> {
      await server.check();
      expect(await daemon.ask(way, Buffer.alloc(0))).toEqual({ statusLine: "HTTP/1.1 200 OK", isEnded: true });
      expect(await server.run(other, "echo alive")).toBe("alive\n");
    }
  },
);
