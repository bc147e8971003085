import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { firstValueFrom, from, lastValueFrom, toArray } from "rxjs";
import { Agent, buildConnector } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient, isSandboxError, type Client, type Sandbox } from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { startCuttingProxy, type CuttingProxy } from "./cutting-proxy.js";

/** 100 by default; the release command raises it. */
const numRuns = Number(process.env["RXSANDBOX_LIVE_CASES"] ?? 100);

describe("files, on a real disk", () => {
  let server: ReferenceServer;
  let proxy: CuttingProxy;
  let dispatcher: Agent;
  let client: Client;
  let sandbox: Sandbox;
  let directory: string;
  let fileCount = 0;
  const newPath = (): string => `${directory}/${fileCount++}.bin`;

  beforeAll(async () => {
    server = await startReferenceServer({ port: 0, allowRoot: true });
    proxy = await startCuttingProxy(server.domain);
    const connect = buildConnector({});
    // Addresses stay the server's, which answers to its own name only; connections go through the relay.
    dispatcher = new Agent({
      connect: (options, done) => connect({ ...options, port: proxy.domain.split(":")[1] ?? "" }, done),
    });
    client = createClient({ domain: server.domain, apiKey: server.apiKey, access: "proxy", dispatcher });
    sandbox = await firstValueFrom(client.create({ image: "host" }));
    directory = "/tmp/files-live";
  });

  afterAll(async () => {
    await client?.close();
    await dispatcher?.destroy();
    await proxy?.close();
    await server?.close();
  });

  it("for any bytes, reads back what was written, and any part of it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000, size: "max" }),
        fc.nat(5000),
        fc.integer({ min: 1, max: 5000 }),
        fc.boolean(),
        async (bytes, start, length, isStreamed) => {
          const path = newPath();
          await firstValueFrom(
            sandbox.files.writeFiles([
              { path, data: isStreamed ? from([bytes.subarray(0, start), bytes.subarray(start)]) : bytes, mode: 600 },
            ]),
          );
          expect(await firstValueFrom(sandbox.files.readBytes(path))).toEqual(bytes);
          const range = { start, length };
          if (start < bytes.length)
            expect(await firstValueFrom(sandbox.files.readBytes(path, { range }))).toEqual(
              bytes.slice(start, start + length),
            );
          else if (bytes.length > 0)
            await expect(firstValueFrom(sandbox.files.readBytes(path, { range }))).rejects.toMatchObject({
              code: "limit-exceeded",
            });
          const last = await firstValueFrom(sandbox.files.readBytes(path, { range: { last: length } }));
          expect(last).toEqual(bytes.slice(-length));
          const info = await firstValueFrom(sandbox.files.getFileInfo([path]));
          expect(info[path]).toMatchObject({ size: bytes.length, mode: 600, type: "file" });
        },
      ),
      { numRuns },
    );
  }, 120_000);

  it("for any lines, reads back those asked for", async () => {
    const anyLine = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ""));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLine, { minLength: 1, maxLength: 30, size: "max" }),
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 35 }),
        fc.integer({ min: 1, max: 35 }),
        async (lines, end, offset, limit) => {
          const path = newPath();
          await firstValueFrom(sandbox.files.writeFiles([{ path, data: lines.map((line) => line + end).join("") }]));
          // Decoded as the client decodes, so that a byte order mark in the first line counts the same on both sides.
          const expected = new TextDecoder().decode(
            new TextEncoder().encode(lines.slice(offset - 1, offset - 1 + limit).join("\n")),
          );
          expect(await firstValueFrom(sandbox.files.readFile(path, { offset, limit }))).toBe(expected);
        },
      ),
      { numRuns },
    );
  }, 120_000);

  it("for any cuts of the connection, a download gives exactly the bytes", async () => {
    const path = newPath();
    const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7919) >> 3);
    await firstValueFrom(sandbox.files.writeFiles([{ path, data: bytes }]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(199_999), { nil: undefined }),
        async (cuts, start) => {
          proxy.cutBodiesAfter(cuts, "application/octet-stream");
          const before = proxy.cuts();
          const chunks = await lastValueFrom(
            sandbox.files
              .readBytesStream(path, { maxResumes: 20, ...(start !== undefined && { range: { start } }) })
              .pipe(toArray()),
          );
          expect(Buffer.concat(chunks).equals(bytes.subarray(start ?? 0))).toBe(true);
          if ((cuts[0] ?? 0) < bytes.length - (start ?? 0)) expect(proxy.cuts()).toBeGreaterThan(before);
          proxy.cutBodiesAfter([], "");
        },
      ),
      { numRuns },
    );
  }, 120_000);

  it("does not put two files together", async () => {
    const path = newPath();
    await firstValueFrom(sandbox.files.writeFiles([{ path, data: new Uint8Array(300_000) }]));
    proxy.cutBodiesAfter([100_000], "application/octet-stream");
    const reading = firstValueFrom(sandbox.files.readBytes(path)).catch((error: unknown) => error);
    await expect.poll(() => proxy.cuts()).toBeGreaterThan(0);
    proxy.cutBodiesAfter([], "");
    const outcome = await reading;
    expect(outcome).toEqual(new Uint8Array(300_000));
    // The same again, with another length before the connection comes back.
    const download = sandbox.files.download(path, async () => {
      await firstValueFrom(sandbox.files.writeFiles([{ path, data: new Uint8Array(299_999).fill(1) }]));
    });
    proxy.cutBodiesAfter([100_000], "application/octet-stream");
    const failure = await lastValueFrom(download).catch((error: unknown) => error);
    expect(isSandboxError(failure, "conflict")).toBe(true);
  }, 60_000);

  it("writes from a file on disk and back to one", async () => {
    const local = await mkdtemp(join(tmpdir(), "rxsandbox-files-"));
    try {
      const bytes = Buffer.alloc(3 * 1024 * 1024 + 1, "0123456789abcdef-");
      await writeFile(join(local, "up"), bytes);
      const path = newPath();
      const progress = await lastValueFrom(
        sandbox.files.upload([{ path, data: createReadStream(join(local, "up")), size: bytes.length }]).pipe(toArray()),
      );
      expect(progress.at(-1)).toEqual({ loadedBytes: bytes.length, totalBytes: bytes.length });
      const file = await open(join(local, "down"), "w+");
      await lastValueFrom(sandbox.files.download(path, (chunk) => file.write(chunk)));
      expect((await file.readFile({})).length).toBe(0);
      const back = Buffer.alloc(bytes.length + 1);
      expect((await file.read(back, 0, back.length, 0)).bytesRead).toBe(bytes.length);
      expect(back.subarray(0, bytes.length).equals(bytes)).toBe(true);
      await file.close();
    } finally {
      await rm(local, { recursive: true, force: true });
    }
  }, 60_000);

  it("copies from one sandbox to another through a pull", async () => {
    const other = await firstValueFrom(client.create({ image: "host" }));
    const path = newPath();
    const bytes = Uint8Array.from({ length: 2_000_000 }, (_, index) => index);
    await firstValueFrom(sandbox.files.writeFiles([{ path, data: bytes }]));
    await firstValueFrom(other.files.writeFiles([{ path, data: sandbox.files.iterateBytes(path) }]));
    expect(Buffer.compare(await firstValueFrom(other.files.readBytes(path)), bytes)).toBe(0);
  }, 60_000);

  it("lists, moves, replaces, changes permissions and deletes", async () => {
    const root = `${directory}/tree`;
    const { files } = sandbox;
    await firstValueFrom(files.createDirectories([{ path: `${root}/a/b`, mode: 700 }, { path: `${root}/c` }]));
    await firstValueFrom(
      files.writeFiles([
        { path: `${root}/a/b/x.ts`, data: "one two one" },
        { path: `${root}/c/y.js`, data: "" },
      ]),
    );
    const names = async (depth?: number): Promise<readonly string[]> =>
      (await firstValueFrom(files.listDirectory({ path: root, ...(depth !== undefined && { depth }) }))).map(
        ({ path, mode }) => `${path.slice(path.indexOf("/tree") + 6)} ${mode}`,
      );
    expect(await names()).toEqual(["a 755", "c 755"]);
    expect(await names(0)).toEqual([]);
    expect((await names(3)).map((line) => line.split(" ")[0])).toEqual(["a", "a/b", "a/b/x.ts", "c", "c/y.js"]);
    expect(await names(2)).toContain("a/b 700");
    expect((await firstValueFrom(files.search({ path: root, pattern: "**/*.ts" }))).map(({ size }) => size)).toEqual([
      11,
    ]);
    expect(
      await firstValueFrom(
        files.replaceContentsDetailed([
          { path: `${root}/a/b/x.ts`, oldContent: "one", newContent: "three" },
          { path: `${root}/c/y.js`, oldContent: "x", newContent: "" },
        ]),
      ),
    ).toEqual([
      { path: `${root}/a/b/x.ts`, replacedCount: 2 },
      { path: `${root}/c/y.js`, replacedCount: 0 },
    ]);
    await firstValueFrom(files.setPermissions([{ path: `${root}/a/b/x.ts`, mode: 640 }]));
    await firstValueFrom(files.moveFiles([{ src: `${root}/a/b/x.ts`, dest: `${root}/new/deep/x.ts` }]));
    expect(await firstValueFrom(files.readFile(`${root}/new/deep/x.ts`))).toBe("three two three");
    expect((await firstValueFrom(files.getFileInfo([`${root}/new/deep/x.ts`])))[`${root}/new/deep/x.ts`]).toMatchObject(
      { mode: 640 },
    );
    await expect(firstValueFrom(files.moveFiles([{ src: `${root}/c`, dest: `${root}/new` }]))).rejects.toMatchObject({
      code: "server-error",
    });
    await expect(firstValueFrom(files.deleteFiles([`${root}/a`]))).rejects.toMatchObject({ code: "server-error" });
    await firstValueFrom(files.deleteFiles([`${root}/c/y.js`, `${root}/c/missing`]));
    await firstValueFrom(files.deleteDirectories([root, `${root}/missing`]));
    await expect(firstValueFrom(files.readFile(`${root}/new/deep/x.ts`))).rejects.toMatchObject({
      code: "not-found",
      serverCode: "FILE_NOT_FOUND",
    });
  }, 60_000);
});
