import { describe, expect, it } from "vitest";
import { scriptedSandbox } from "../testing/scripted-sandbox.js";

const info = {
  path: "/a",
  size: 3,
  mode: 644,
  owner: "o",
  group: "g",
  type: "file",
  created_at: "2026-11-23T02:03:37Z",
  modified_at: "2026-11-23T02:03:38Z",
};

describe("createFiles", () => {
  it("gives dates and the known types", async () => {
    const { sandbox } = await scriptedSandbox({ "GET /s/files/search": { json: [info, { ...info, type: "pipe" }] } });
    const found = await sandbox.files.search({ path: "/", pattern: "*" });
    expect(found[0]).toEqual({
      path: "/a",
      size: 3,
      mode: 644,
      owner: "o",
      group: "g",
      type: "file",
      createdAt: new Date(info.created_at),
      modifiedAt: new Date(info.modified_at),
    });
    expect(found[1]?.type).toBeUndefined();
  });

  it("reads text, bytes and streams with the header as it is given", async () => {
    const { sandbox, transport } = await scriptedSandbox({
      "GET /s/files/download": ({ headers }) =>
        headers["range"] === undefined
          ? { body: "hello" }
          : { status: 206, headers: { "content-range": "bytes 0-1/5" }, body: "he" },
    });
    expect(await sandbox.files.readFile("/a")).toBe("hello");
    expect(await sandbox.files.readBytes("/a", { range: "bytes=0-1" })).toEqual(new TextEncoder().encode("he"));
    let streamed = "";
    for await (const chunk of sandbox.files.readBytesStream("/a")) streamed += new TextDecoder().decode(chunk);
    expect(streamed).toBe("hello");
    expect(transport.calls("GET /s/files/download").map(({ headers }) => headers["range"])).toEqual([
      undefined,
      "bytes=0-1",
      undefined,
    ]);
  });

  it("rejects with the server's words, also in a stream", async () => {
    const missing = { status: 404, json: { code: "FILE_NOT_FOUND", message: "file not found" } };
    const { sandbox } = await scriptedSandbox({ "GET /s/files/download": missing });
    const failure = { statusCode: 404, message: "file not found", error: { code: "FILE_NOT_FOUND" } };
    await expect(sandbox.files.readFile("/a")).rejects.toMatchObject(failure);
    const read = async () => {
      for await (const chunk of sandbox.files.readBytesStream("/a")) expect(chunk).toBeUndefined();
    };
    await expect(read()).rejects.toMatchObject(failure);
  });

  it("makes directories with mode 755 unless one is given", async () => {
    const { sandbox, transport } = await scriptedSandbox({ "POST /s/directories": {} });
    await sandbox.files.createDirectories([{ path: "/a" }, { path: "/b", mode: 700 }]);
    expect(transport.calls("POST /s/directories")[0]!.json()).toEqual({ "/a": { mode: 755 }, "/b": { mode: 700 } });
  });
});
