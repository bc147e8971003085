import {
  NEVER,
  Subject,
  concat,
  firstValueFrom,
  from,
  lastValueFrom,
  of,
  throwError,
  toArray,
  type Observable,
} from "rxjs";
import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import type { RecordedRequest, RouteScript } from "@rxsandbox/testkit";
import type { TransferProgress } from "../transfer-progress.js";
import { scriptedFiles } from "../testing/scripted-files.js";
import type { WriteEntry } from "./write-entry.js";
import type { WriteOptions } from "./upload.js";

const route = "POST /files/upload";
const MIB = 1024 * 1024;
const encode = (text: string) => new TextEncoder().encode(text);

async function contents({ headers, ...request }: RecordedRequest): Promise<readonly string[]> {
  const form = await new Response(request.bodyBytes() as Uint8Array<ArrayBuffer>, {
    headers: { ...headers },
  }).formData();
  return Promise.all(form.getAll("file").map((part) => (part as File).text()));
}

async function* iterate<T>(...pieces: readonly T[]): AsyncGenerator<T> {
  yield* pieces;
}

const streamOf = (...pieces: readonly (Uint8Array | string)[]): ReadableStream<Uint8Array | string> =>
  new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });

async function write(
  entries: readonly WriteEntry[],
  options: { readonly streamingUpload?: boolean; readonly script?: RouteScript } & WriteOptions = {},
) {
  const { streamingUpload = true, script = {}, ...given } = options;
  const { files, transport } = scriptedFiles({ [route]: script }, { streamingUpload });
  const progress: TransferProgress[] = [];
  const error = await files
    .upload(entries, given)
    .forEach((seen) => void progress.push(seen))
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  return { progress, error, request: transport.requests[0] as RecordedRequest, transport };
}

describe("upload", () => {
  const everyKind = (): readonly WriteEntry[] => [
    { path: "/text", data: "é" },
    { path: "/bytes", data: encode("b") },
    { path: "/blob", data: new Blob(["blob"]) },
    { path: "/stream", data: streamOf("s", encode("tream")) },
    { path: "/iterable", data: iterate<Uint8Array | string>(encode("iter"), "able") },
    { path: "/observable", data: from(["ob", encode("servable")]) },
    { path: "/empty" },
  ];

  it.each([true, false])("sends every kind of data in one request (streaming: %s)", async (streamingUpload) => {
    const { request, error, transport } = await write(everyKind(), { streamingUpload });
    expect(error).toBeUndefined();
    expect(transport.requests).toHaveLength(1);
    expect(await contents(request)).toEqual(["é", "b", "blob", "stream", "iterable", "observable", ""]);
    expect(request.contentLength).toBeUndefined();
  });

  it("writes bytes and Blobs of another realm, whole and in pieces", async () => {
    const foreign = runInNewContext(`
      const bytes = new Uint8Array([0, 104, 105, 0]);
      class Blob { size = 2; slice() {} arrayBuffer() { return Promise.resolve(bytes.slice(1, 3).buffer); } }
      ({ array: bytes.subarray(1, 3), buffer: bytes.slice(1, 3).buffer, view: new DataView(bytes.buffer, 1, 2), blob: new Blob() })
    `) as Readonly<Record<"array" | "buffer" | "view", Uint8Array>> & { readonly blob: Blob };
    const own = new DataView(encode("hi").buffer);
    const values = [foreign.array, foreign.buffer, foreign.view, foreign.blob, own];
    const pieces = [foreign.array, foreign.buffer, foreign.view, own].map((piece) =>
      iterate<Uint8Array | DataView>(piece),
    );
    for (const streamingUpload of [true, false]) {
      const entries = [...values, ...(streamingUpload ? pieces : [])].map((data, index) => ({
        path: `/${index}`,
        data,
      }));
      const { request, error } = await write(entries, { streamingUpload });
      expect(error).toBeUndefined();
      expect(await contents(request)).toEqual(entries.map(() => "hi"));
    }
  });

  it("announces the length when all sizes are known", async () => {
    const { request } = await write([
      { path: "/a", data: streamOf("abc"), size: 3 },
      { path: "/b", data: new Blob(["d"]) },
      { path: "/c", data: "é" },
    ]);
    expect(request.contentLength).toBe(request.bodyBytes().length);
    expect(await contents(request)).toEqual(["abc", "d", "é"]);
  });

  it("sends small forms as one piece, and large ones while they are read", async () => {
    expect((await write([{ path: "/a", data: "x" }])).request.body).toBeInstanceOf(Uint8Array);
    const large = await write([{ path: "/a", data: new Uint8Array(MIB + 1) }]);
    expect(large.request.body).not.toBeInstanceOf(Uint8Array);
    expect(large.request.contentLength).toBe(large.request.bodyBytes().length);
  });

  it("tells how far it is, and the end when the server has it all", async () => {
    expect(
      (
        await write([
          { path: "/a", data: new Uint8Array(2.5 * MIB) },
          { path: "/b", data: "x" },
        ])
      ).progress.map(({ loadedBytes }) => loadedBytes / MIB),
    ).toEqual([0, 1, 2, 2.5, 2.5 + 1 / MIB]);
    expect((await write([{ path: "/a", data: streamOf("ab", "c") }])).progress).toEqual([
      { loadedBytes: 0, totalBytes: null },
      { loadedBytes: 2, totalBytes: null },
      { loadedBytes: 3, totalBytes: null },
      { loadedBytes: 3, totalBytes: 3 },
    ]);
    expect((await write([{ path: "/a", data: "abc" }])).progress).toEqual([
      { loadedBytes: 0, totalBytes: 3 },
      { loadedBytes: 3, totalBytes: 3 },
    ]);
    expect((await write([{ path: "/a" }])).progress).toEqual([{ loadedBytes: 0, totalBytes: 0 }]);
  });

  it("splits large pieces", async () => {
    const { progress } = await write([{ path: "/a", data: iterate(new Uint8Array(3 * MIB)) }]);
    expect(progress.map(({ loadedBytes }) => loadedBytes / MIB)).toEqual([0, 1, 2, 3, 3]);
  });

  it("keeps a character whole that two pieces share", async () => {
    const [high = "", low = ""] = "😀".split("");
    const { request } = await write([
      { path: "/a", data: iterate<Uint8Array | string>(`a${high}`, "", `${low}b${high}`, encode("c"), high) },
    ]);
    expect(await contents(request)).toEqual(["a😀b\u{FFFD}c\u{FFFD}"]);
  });

  it.each([true, false])(
    "errors with what a source threw, never with a success (streaming: %s)",
    async (streamingUpload) => {
      const thrown = new Error("disk");
      const failing = [
        (async function* () {
          yield "x";
          throw thrown;
        })(),
        concat(
          of("x"),
          throwError(() => thrown),
        ),
        new ReadableStream<string>({ pull: (controller) => controller.error(thrown) }),
      ];
      for (const data of failing) {
        const cancel = vi.fn();
        const { error, transport } = await write(
          [
            { path: "/a", data },
            { path: "/b", data: new ReadableStream({ cancel }) },
          ],
          { streamingUpload },
        );
        expect(error).toBe(thrown);
        expect(transport.requests.every(({ end }) => end === "failed")).toBe(true);
        expect(cancel).toHaveBeenCalledOnce();
      }
    },
  );

  it.each([
    ["too short", 3],
    ["too long", 1],
  ])("errors for a source that is %s for its size", async (_what, size) => {
    const { error } = await write([
      { path: "/a", data: "x" },
      { path: "/b", data: iterate("a", "b"), size },
    ]);
    expect(error).toMatchObject({ code: "invalid-argument", argument: "entries[1].size" });
  });

  it.each([
    ["undefined", undefined],
    ["a number", 3],
    ["null", null],
  ])("refuses a piece that is %s", async (_what, piece) => {
    for (const data of [iterate<unknown>("a", piece), from<unknown[]>(["a", piece])] as never[]) {
      expect((await write([{ path: "/a", data }])).error).toMatchObject({
        code: "invalid-argument",
        argument: "entries[0].data",
      });
    }
  });

  it("reads streams and iterables once, Observables and the rest for each subscriber", async () => {
    const { files, transport } = scriptedFiles({ [route]: {} });
    const twice = async (data: NonNullable<WriteEntry["data"]>) => {
      const writing = files.writeFiles([{ path: "/a", data }]);
      await lastValueFrom(writing);
      return lastValueFrom(writing).then(
        () => contents(transport.requests.at(-1) as RecordedRequest),
        (error: { readonly argument: string }) => error.argument,
      );
    };
    expect(await twice(of("again"))).toEqual(["again"]);
    expect(await twice(new Blob(["again"]))).toEqual(["again"]);
    expect(await twice(streamOf("once"))).toBe("entries[0].data");
    expect(await twice(iterate("once"))).toBe("entries[0].data");
  });

  it("ends an Observable that is too far ahead", async () => {
    const isClosed = vi.fn();
    const pieces = from(Array.from({ length: 5 }, () => new Uint8Array(10)));
    const data = concat(pieces, NEVER) as Observable<Uint8Array>;
    const { error } = await write([{ path: "/a", data }], { maxBufferedBytes: 49 });
    expect(error).toMatchObject({ code: "limit-exceeded" });
    const subject = new Subject<string>();
    const { files } = scriptedFiles({ [route]: {} });
    files.upload([{ path: "/a", data: subject }], { maxBufferedBytes: 4 }).subscribe({ error: isClosed });
    await vi.waitFor(() => expect(subject.observed).toBe(true));
    subject.next("12345");
    expect(subject.observed).toBe(false);
    await vi.waitFor(() => expect(isClosed).toHaveBeenCalledOnce());
  });

  it("sends nothing before subscribe, and nothing to who leaves at the first value", async () => {
    const { files, transport } = scriptedFiles({ [route]: {} });
    const uploading = files.upload([{ path: "/a", data: "x" }]);
    expect(await firstValueFrom(uploading)).toEqual({ loadedBytes: 0, totalBytes: 1 });
    expect(transport.requests).toHaveLength(0);
  });

  it.each([true, false])(
    "gives up every source when it is left, read or not (streaming: %s)",
    async (streamingUpload) => {
      const first = new Subject<string>();
      const cancel = vi.fn();
      const destroy = vi.fn();
      const returned = vi.fn(() => Promise.resolve({ done: true as const, value: undefined }));
      const silent = {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined), return: returned }),
      };
      const { files, transport } = scriptedFiles({ [route]: {} }, { streamingUpload });
      const writing = files
        .writeFiles([
          { path: "/a", data: first },
          { path: "/b", data: new ReadableStream({ cancel }) },
          { path: "/c", data: silent },
          { path: "/d", data: { ...silent, destroy } as AsyncIterable<string> },
        ])
        .subscribe();
      await vi.waitFor(() => expect(first.observed).toBe(true));
      writing.unsubscribe();
      expect(first.observed).toBe(false);
      await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce());
      expect(returned).toHaveBeenCalledOnce();
      expect(destroy).toHaveBeenCalledOnce();
      expect(transport.active()).toBe(0);
    },
  );

  it("gives up a source that is awaited", async () => {
    const returned = vi.fn(() => Promise.resolve({ done: true as const, value: undefined }));
    const next = vi.fn(() => new Promise<never>(() => undefined));
    const { files } = scriptedFiles({ [route]: {} });
    const writing = files
      .writeFiles([{ path: "/a", data: { [Symbol.asyncIterator]: () => ({ next, return: returned }) } }])
      .subscribe();
    await vi.waitFor(() => expect(next).toHaveBeenCalledOnce());
    writing.unsubscribe();
    expect(returned).toHaveBeenCalledOnce();
  });

  it("gives up its sources when the request never leaves", async () => {
    const cancel = vi.fn();
    const { files, transport } = scriptedFiles({ [route]: {} });
    await transport.close();
    await expect(
      lastValueFrom(files.writeFiles([{ path: "/a", data: new ReadableStream({ cancel }) }])),
    ).rejects.toMatchObject({ code: "closed" });
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe("upload where the platform cannot send while it reads", () => {
  it("hands Blobs over as they are", async () => {
    const { request } = await write(
      [
        { path: "/a", data: new Blob(["blob"]) },
        { path: "/b", data: "x" },
      ],
      { streamingUpload: false },
    );
    expect(request.body).toBeInstanceOf(Blob);
    expect(await contents(request)).toEqual(["blob", "x"]);
  });

  it("holds no more than maxBufferedBytes of streams", async () => {
    const data = () => streamOf("123", "456");
    expect(
      (await write([{ path: "/a", data: data() }], { streamingUpload: false, maxBufferedBytes: 5 })).error,
    ).toMatchObject({ code: "limit-exceeded" });
    expect(
      (
        await write(
          [
            { path: "/a", data: data() },
            { path: "/b", data: new Uint8Array(100) },
          ],
          { streamingUpload: false, maxBufferedBytes: 6 },
        )
      ).error,
    ).toBeUndefined();
  });

  it("knows the beginning and the end", async () => {
    const { progress } = await write([{ path: "/a", data: streamOf("abc"), size: 3 }], { streamingUpload: false });
    expect(progress).toEqual([
      { loadedBytes: 0, totalBytes: 3 },
      { loadedBytes: 3, totalBytes: 3 },
    ]);
  });
});

describe("writeFiles", () => {
  it("emits one value when the server has written all", async () => {
    const { files } = scriptedFiles({ [route]: {} });
    expect(await lastValueFrom(files.writeFiles([{ path: "/a", data: streamOf("abc") }]).pipe(toArray()))).toEqual([
      undefined,
    ]);
  });
});
