import { NEVER, concat, defer, map, of, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  createScope,
  InvalidArgumentError,
  createRedactor,
  type Api,
  type ApiRequest,
  type ApiResponse,
  type StreamPart,
} from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { createFiles, type Files } from "./files.js";

const wire = {
  path: "/a",
  type: "file",
  size: 3,
  modified_at: "2026-11-23T02:03:37.123456789+01:00",
  created_at: "2026-11-23T02:03:37Z",
  owner: "root",
  group: "root",
  mode: 644,
};
const info = {
  path: "/a",
  type: "file",
  size: 3,
  modifiedAt: new Date("2026-11-23T01:03:37.123Z"),
  createdAt: new Date("2026-11-23T02:03:37Z"),
  owner: "root",
  group: "root",
  mode: 644,
};

function filesOf(answer: unknown, chunks: readonly Uint8Array[] = []) {
  const sent: ApiRequest[] = [];
  const ask = (request: ApiRequest): Observable<unknown> =>
    defer(() => {
      sent.push(request);
      return of(answer);
    });
  const api: Api = {
    json: (request, parse) => ask(request).pipe(map((value) => parse(value, {} as ApiResponse))),
    empty: (request) => ask(request).pipe(map(() => undefined)),
    open: (request) =>
      defer(() => {
        sent.push(request);
        const flow = { pause: () => undefined, resume: () => undefined, detach: () => undefined };
        const shared = new Uint8Array(16);
        return concat(
          of<StreamPart>({
            kind: "head",
            status: request.headers?.["range"] === undefined ? 200 : 206,
            headers: {},
            flow,
          }),
          // One buffer for all chunks, as a platform may do.
          of(...chunks).pipe(
            map((chunk): StreamPart => (shared.set(chunk), { kind: "chunk", bytes: shared.subarray(0, chunk.length) })),
          ),
        );
      }),
    request: () => NEVER,
    target: () => NEVER,
    redactor: () => createRedactor(),
    explain: () => NEVER,
    explainSilence: () => NEVER,
  };
  return {
    files: createFiles(
      createConnection({
        api,
        scope: createScope(),
        capabilities: { connectionClose: true, streamingUpload: true },
      }),
    ),
    sent,
  };
}

function outcome<T>(source: Observable<T>): unknown {
  let seen: unknown;
  source.subscribe({ next: (value) => (seen = value), error: (error: { code: string }) => (seen = error.code) });
  return seen;
}

async function formOf({ body, headers }: ApiRequest): Promise<FormData> {
  return new Response(body as BodyInit, { headers: headers ?? {} }).formData();
}

const encode = (text: string) => new TextEncoder().encode(text);

describe("createFiles", () => {
  it("reads text whatever the chunks cut", () => {
    const bytes = encode("héllo €");
    const { files } = filesOf(
      null,
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    );
    expect(outcome(files.readFile("/a"))).toBe("héllo €");
    expect(outcome(files.readBytes("/a"))).toEqual(bytes);
  });

  it("reads an empty file", () => {
    expect(outcome(filesOf(null).files.readFile("/a"))).toBe("");
  });

  it("asks for a part of a file", () => {
    const { files, sent } = filesOf(null);
    files.readBytes("/a b", { range: "bytes=0-9" }).subscribe();
    files.readFile("/a", { offset: 2, limit: 3 }).subscribe();
    expect(sent).toMatchObject([
      { query: { path: "/a b" }, headers: { range: "bytes=0-9" } },
      { query: { path: "/a", offset: 2, limit: 3 } },
    ]);
  });

  it("holds no more than maxBytes", () => {
    const { files } = filesOf(null, [encode("1234"), encode("56")]);
    expect(outcome(files.readBytes("/a", { maxBytes: 5 }))).toBe("limit-exceeded");
    expect(outcome(files.readFile("/a", { maxBytes: 6 }))).toBe("123456");
  });

  it("writes pairs of metadata and content, each with a file name", async () => {
    const { files, sent } = filesOf(null);
    const bytes = Uint8Array.of(0, 255, 13, 10);
    const write = files.writeFiles([
      { path: "/d/a.txt", data: "é", mode: 600, owner: "u", group: "g" },
      { path: "/b", data: bytes },
      { path: "/c/" },
    ]);
    bytes.fill(1);
    write.subscribe();
    const form = await formOf(sent[0] as ApiRequest);
    const metadata = await Promise.all(form.getAll("metadata").map((part) => (part as File).text()));
    expect(metadata.map((text): unknown => JSON.parse(text))).toEqual([
      { path: "/d/a.txt", mode: 600, owner: "u", group: "g" },
      { path: "/b" },
      { path: "/c/" },
    ]);
    const content = form.getAll("file") as File[];
    expect(content.map(({ name }) => name)).toEqual(["file", "file", "file"]);
    expect(await content[0]?.text()).toBe("é");
    expect(new Uint8Array((await content[1]?.arrayBuffer()) as ArrayBuffer)).toEqual(Uint8Array.of(0, 255, 13, 10));
    expect(content[2]?.size).toBe(0);
  });

  it("writes blobs and array buffers", async () => {
    const { files, sent } = filesOf(null);
    files
      .writeFiles([
        { path: "/a", data: new Blob(["x"]) },
        { path: "/b", data: encode("y").buffer as ArrayBuffer },
      ])
      .subscribe();
    const content = (await formOf(sent[0] as ApiRequest)).getAll("file") as File[];
    expect(await Promise.all(content.map((file) => file.text()))).toEqual(["x", "y"]);
  });

  it("lets no path write a header line", () => {
    const { files, sent } = filesOf(null);
    files.writeFiles([{ path: '/a"\r\nX-Evil: 1', data: "" }]).subscribe();
    const text = new TextDecoder().decode(sent[0]?.body as Uint8Array);
    expect(text).toContain(String.raw`{"path":"/a\"\r\nX-Evil: 1"}`);
    expect(text).not.toMatch(/^X-Evil/m);
  });

  it("describes files by requested path", () => {
    const { files, sent } = filesOf({ a: wire, __proto__x: wire });
    expect(outcome(files.getFileInfo(["a", "b"]))).toEqual({ a: info, __proto__x: info });
    expect(sent).toMatchObject([{ method: "GET", path: "/files/info", query: { path: ["a", "b"] } }]);
    expect(outcome(filesOf([]).files.getFileInfo(["a"]))).toBe("protocol");
    expect(outcome(filesOf({ a: {} }).files.getFileInfo(["a"]))).toBe("protocol");
  });

  it("searches, deletes and makes directories", () => {
    const search = filesOf([wire]);
    expect(outcome(search.files.search({ path: "/", pattern: "*.ts" }))).toEqual([info]);
    expect(search.sent).toMatchObject([{ path: "/files/search", query: { path: "/", pattern: "*.ts" } }]);
    const others = filesOf(null);
    others.files.deleteFiles(["a"]).subscribe();
    others.files.createDirectories([{ path: "/d" }, { path: "/e", mode: 700, owner: "u" }]).subscribe();
    expect(others.sent).toMatchObject([
      { method: "DELETE", path: "/files", query: { path: ["a"] } },
      { method: "POST", path: "/directories", json: { "/d": { mode: 755 }, "/e": { mode: 700, owner: "u" } } },
    ]);
  });

  it("lists, moves and changes permissions", () => {
    const list = filesOf([wire]);
    expect(outcome(list.files.listDirectory({ path: "/d", depth: 2 }))).toEqual([info]);
    expect(list.sent).toMatchObject([{ method: "GET", path: "/directories/list", query: { path: "/d", depth: 2 } }]);
    expect(outcome(filesOf({}).files.listDirectory({ path: "/d" }))).toBe("protocol");
    const { files, sent } = filesOf(null);
    files.deleteDirectories(["a", "b"]).subscribe();
    files
      .moveFiles([
        { src: "a", dest: "b" },
        { src: "b", dest: "c" },
      ])
      .subscribe();
    files
      .setPermissions([
        { path: "a", mode: 600 },
        { path: "b", owner: "u", group: "g" },
      ])
      .subscribe();
    expect(sent).toMatchObject([
      { method: "DELETE", path: "/directories", query: { path: ["a", "b"] } },
      {
        method: "POST",
        path: "/files/mv",
        json: [
          { src: "a", dest: "b" },
          { src: "b", dest: "c" },
        ],
      },
      { method: "POST", path: "/files/permissions", json: { a: { mode: 600 }, b: { owner: "u", group: "g" } } },
    ]);
  });

  it("leaves a mode alone that is not given", () => {
    const { files, sent } = filesOf(null);
    files.setPermissions([{ path: "a", owner: "u" }]).subscribe();
    expect(sent[0]?.json).toEqual({ a: { owner: "u" } });
  });

  it("replaces, with counts in the order of the entries", () => {
    const entries = [
      { path: "b", oldContent: "x", newContent: "" },
      { path: "__proto__", oldContent: "y", newContent: "z" },
    ];
    const counts = JSON.parse('{"__proto__":{"replacedCount":0},"b":{"replacedCount":2}}') as unknown;
    const { files, sent } = filesOf(counts);
    expect(outcome(files.replaceContentsDetailed(entries))).toEqual([
      { path: "b", replacedCount: 2 },
      { path: "__proto__", replacedCount: 0 },
    ]);
    files.replaceContents(entries).subscribe();
    expect(sent.map(({ query }) => query)).toEqual([{ verbose: true }, {}]);
    expect(sent.map(({ json }) => JSON.stringify(json))).toEqual(
      Array(2).fill('{"b":{"old":"x","new":""},"__proto__":{"old":"y","new":"z"}}'),
    );
    expect(outcome(filesOf({ b: { replacedCount: 2 } }).files.replaceContentsDetailed(entries))).toBe("protocol");
  });

  it.each<[string, (files: Files) => unknown]>([
    ["path", (files) => files.readFile(" ")],
    ["path", (files) => files.readBytes(3 as never)],
    ["encoding", (files) => files.readFile("a", { encoding: "klingon" })],
    ["range", (files) => files.readFile("a", { range: "lines=1-2" })],
    ["range", (files) => files.readFile("a", { range: "bytes=0-1", offset: 1 })],
    ["range", (files) => files.readBytesStream("a", { range: "bytes=5-2" })],
    ["range", (files) => files.readBytes("a", { range: "bytes=0-1,4-5" })],
    ["range", (files) => files.readBytes("a", { range: { start: 1, length: 0 } })],
    ["range", (files) => files.readBytes("a", { range: { last: 0 } })],
    ["range", (files) => files.readBytes("a", { range: { last: 1, start: 1 } as never })],
    ["range", (files) => files.readBytes("a", { range: { length: 1 } as never })],
    ["range", (files) => files.readBytes("a", { range: 5 as never })],
    ["options", (files) => files.readBytes("a", null as never)],
    ["limit", (files) => files.iterateBytes("a", { limit: 0 })],
    ["highWaterMark", (files) => files.iterateBytes("a", { highWaterMark: 0 })],
    ["maxResumes", (files) => files.readBytesStream("a", { maxResumes: -1 })],
    ["sink", (files) => files.download("a", {} as never)],
    ["path", (files) => files.download("", () => undefined)],
    ["offset", (files) => files.readFile("a", { offset: 0 })],
    ["maxBytes", (files) => files.readBytes("a", { maxBytes: NaN })],
    ["paths", (files) => files.getFileInfo([])],
    ["paths[1]", (files) => files.deleteFiles(["a", ""])],
    ["entries", (files) => files.writeFiles([])],
    ["entries[0].path", (files) => files.writeFiles([{ path: "" }])],
    ["entries[0].mode", (files) => files.writeFiles([{ path: "a", mode: 888 }])],
    ["entries[0].data", (files) => files.writeFiles([{ path: "a", data: 3 as never }])],
    ["entries[0].size", (files) => files.writeFiles([{ path: "a", data: new ReadableStream(), size: -1 }])],
    ["entries[0].data", (files) => files.writeFiles([{ path: "a", data: "abc", size: 2 }])],
    ["entries[0]", (files) => files.upload([null as never])],
    ["maxBufferedBytes", (files) => files.upload([{ path: "a" }], { maxBufferedBytes: 0 })],
    ["entries[0].owner", (files) => files.createDirectories([{ path: "a", owner: "" }])],
    ["pattern", (files) => files.search({ path: "a", pattern: "" })],
    ["options", (files) => files.search(null as never)],
    ["path", (files) => files.listDirectory({} as never)],
    ["depth", (files) => files.listDirectory({ path: "a", depth: -1 })],
    ["depth", (files) => files.listDirectory({ path: "a", depth: 1.5 })],
    ["paths", (files) => files.deleteDirectories([])],
    ["entries[0].dest", (files) => files.moveFiles([{ src: "a" } as never])],
    ["entries[1]", (files) => files.moveFiles([{ src: "a", dest: "b" }, "c" as never])],
    ["entries[0]", (files) => files.setPermissions([{ path: "a" }])],
    ["entries[0].mode", (files) => files.setPermissions([{ path: "a", mode: 758 }])],
    ["entries[0].mode", (files) => files.setPermissions([{ path: "a", mode: 0o755 }])],
    ["entries[0].mode", (files) => files.setPermissions([{ path: "a", mode: 1777 }])],
    ["entries[0].mode", (files) => files.setPermissions([{ path: "a", mode: "755" as never }])],
    ["entries[0].mode", (files) => files.setPermissions([{ path: "a", mode: -1 }])],
    [
      "entries[1].path",
      (files) =>
        files.setPermissions([
          { path: "a", mode: 755 },
          { path: "a", owner: "u" },
        ]),
    ],
    ["entries[1].path", (files) => files.createDirectories([{ path: "a" }, { path: "a", mode: 700 }])],
    [
      "entries[2].path",
      (files) =>
        files.replaceContents([
          { path: "a", oldContent: "x", newContent: "" },
          { path: "b", oldContent: "x", newContent: "" },
          { path: "a", oldContent: "y", newContent: "" },
        ]),
    ],
    ["maxByte", (files) => files.readBytes("a", { maxByte: 1 } as never)],
    ["highWaterMark", (files) => files.readBytes("a", { highWaterMark: 1 } as never)],
    ["entries[0].file", (files) => files.writeFiles([{ path: "a", file: "b" } as never])],
    ["entries[0].oldContent", (files) => files.replaceContents([{ path: "a", oldContent: "", newContent: "b" }])],
    ["entries[0].newContent", (files) => files.replaceContentsDetailed([{ path: "a", oldContent: "b" } as never])],
  ])("refuses %s at the call (%#)", (argument, call) => {
    const { files, sent } = filesOf(null);
    expect(() => call(files)).toThrow(expect.objectContaining({ argument }) as InvalidArgumentError);
    expect(sent).toEqual([]);
  });
});
