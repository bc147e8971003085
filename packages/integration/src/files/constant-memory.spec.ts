import { lastValueFrom, of } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFiles, type Files } from "@rxsandbox/files";
import { createApi, createRedactor, createScope } from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { createUndiciTransport } from "@rxsandbox/transport-undici";
import { startExecdWorker, type ExecdWorker } from "../server-transcripts/execd-worker.js";

const MIB = 2 ** 20;
const SIZE_MIB = 256;
/** An idle worker takes about 60 MiB. */
const MOST_MIB = 180;

describe.runIf(process.platform === "linux")("the file routes of an execd worker", () => {
  const transport = createUndiciTransport();
  let worker: ExecdWorker;
  let files: Files;

  beforeAll(async () => {
    worker = await startExecdWorker("execd-grace0");
    const endpoint = { url: `http://127.0.0.1:${worker.port}`, headers: {}, access: "direct" } as const;
    const api = createApi({
      transport,
      target: () => of(endpoint),
      requestTimeoutMs: 30_000,
      retry: false,
      redact: createRedactor([]),
    });
    files = createFiles(createConnection({ api, scope: createScope(), capabilities: transport.capabilities }));
  });

  afterAll(async () => {
    await transport.close();
    await worker?.stop();
  });

  it("move large files in constant memory, up and down", { timeout: 120_000 }, async () => {
    const piece = new Uint8Array(MIB).fill(7);
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < SIZE_MIB; count += 1) yield piece;
    };
    let peakMib = 0;
    const look = (): number => (peakMib = Math.max(peakMib, worker.memoryMib()));
    const path = `${worker.root}/large`;
    await files.upload([{ path, data: pieces(), size: SIZE_MIB * MIB }]).forEach(look);
    expect((await lastValueFrom(files.getFileInfo([path])))[path]?.size).toBe(SIZE_MIB * MIB);
    let bytes = 0;
    let chunks = 0;
    await files.readBytesStream(path).forEach((chunk) => {
      bytes += chunk.byteLength;
      chunks += 1;
      if (chunks % 64 === 0) look();
    });
    expect(bytes).toBe(SIZE_MIB * MIB);
    expect(peakMib).toBeLessThan(MOST_MIB);
  });
});
