import { describe, expect, it } from "vitest";
import { executionFrames } from "./execution-frames.js";

const text = (...args: Parameters<typeof executionFrames>): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(executionFrames(...args));
const line = { type: "stdout", text: "a<b", unit: "line", timestamp: 1 } as const;

describe("executionFrames", () => {
  it("writes bare frames as a daemon does", () => {
    expect(text([{ type: "init", id: "c", timestamp: 1 }, line])).toBe(
      '{"type":"init","text":"c","timestamp":1}\n\n{"type":"stdout","text":"a\\u003cb","timestamp":1}\n\n',
    );
  });

  it("writes standard SSE with any line end and a byte order mark", () => {
    expect(text([line], { framing: "sse", lineEnd: "\r\n", byteOrderMark: true })).toBe(
      '\ufeffdata: {"type":"stdout","text":"a\\u003cb","timestamp":1}\r\n\r\n',
    );
  });

  it("appends an envelope bare and without line end", () => {
    for (const framing of ["bare", "sse"] as const)
      expect(text([line, { code: "RUNTIME_ERROR", message: "no" }], { framing })).toMatch(
        /\n\n\{"code":"RUNTIME_ERROR","message":"no"\}$/,
      );
    expect(text([{ code: "UNKNOWN" }])).toBe('{"code":"UNKNOWN"}');
  });
});
