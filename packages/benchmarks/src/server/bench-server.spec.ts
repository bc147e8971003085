import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatBenchCommand, type BenchCommand } from "../bench-command.js";
import { officialSubject } from "../worker/official-subject.js";
import type { Subject } from "../worker/subject.js";
import { BENCH_SANDBOX_ID, startBenchServer, type BenchServer } from "./bench-server.js";
import { BLOCK_FRAMES } from "./event-frames.js";

let server: BenchServer;
let official: Subject;

beforeAll(async () => {
  server = await startBenchServer();
  official = await officialSubject("official-handlers")(server.domain, BENCH_SANDBOX_ID);
});

afterAll(async () => {
  await official.close();
  await server.close();
});

describe("startBenchServer", () => {
  it.each<BenchCommand>([
    { kind: "stream", framing: "bare", chunking: "frame", blocks: 2 },
    { kind: "stream", framing: "bare", chunking: "64KiB", blocks: 2 },
    { kind: "stream", framing: "sse", chunking: "frame", blocks: 2 },
    { kind: "stream", framing: "sse", chunking: "64KiB", blocks: 2 },
  ])("streams every event: $framing frames, chunk per $chunking", async (command) => {
    expect(await official.run(formatBenchCommand(command))).toBe(2 * BLOCK_FRAMES + 2);
  });

  it("writes each frame on its own", async () => {
    const body = JSON.stringify({ command: formatBenchCommand({ kind: "segments", everyUs: 0 }) });
    const request = `POST /proxy/44772/command HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const [host, port] = server.domain.split(":");
    let reads = 0;
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host, port: Number(port) }, () => socket.write(request));
      socket.on("error", reject);
      socket.on("close", resolve);
      socket.on("data", (bytes) => {
        reads += 1;
        if (bytes.toString("latin1").endsWith("0\r\n\r\n")) socket.destroy();
      });
    });
    // A block written at once is read in 35 pieces of 64 KiB.
    expect(reads).toBeGreaterThan(BLOCK_FRAMES / 10);
  });

  it("sends one large event", async () => {
    expect(await official.run(formatBenchCommand({ kind: "large", bytes: 100_000, chunkBytes: 4096 }))).toBe(3);
  });

  it("answers reads and renewals", async () => {
    await official.get();
    await official.post();
  });

  it("counts the sockets of commands that it holds", async () => {
    server.resetStats();
    const command = formatBenchCommand({ kind: "hold", holdMs: 50 });
    expect(await Promise.all([official.run(command), official.run(command), official.run(command)])).toEqual([3, 3, 3]);
    expect(server.stats().commands).toBe(3);
    expect(server.stats().maxOpen).toBeGreaterThanOrEqual(3);
  });
});
