import { describe, expect, it } from "vitest";
import { lineReader, maxLineBytes, objectOfLine } from "./json-lines.js";

describe("lineReader", () => {
  it("cuts at LF only, wherever the chunks end", () => {
    const lines: string[] = [];
    const read = lineReader(
      (line) => void lines.push(line.toString()),
      () => undefined,
    );
    for (const chunk of ["a", "b\nc\r\u2028d\n", "\n", "ä"]) read(Buffer.from(chunk));
    expect(lines).toEqual(["ab", "c\r\u2028d", ""]);
  });

  it("tells of a line above 64 MiB, and keeps no more", () => {
    let isTooLong = false;
    const read = lineReader(
      () => undefined,
      () => {
        isTooLong = true;
      },
    );
    const chunk = Buffer.alloc(maxLineBytes / 2 + 1);
    read(chunk);
    expect(isTooLong).toBe(false);
    read(chunk);
    expect(isTooLong).toBe(true);
  });
});

describe("objectOfLine", () => {
  it("reads objects only", () => {
    expect(objectOfLine(Buffer.from('{"a":1}\r'))).toEqual({ a: 1 });
    for (const text of ["", "1", "[]", "null", "{", "\ufeff{}"])
      expect(objectOfLine(Buffer.from(text))).toBeUndefined();
    expect(objectOfLine(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined();
  });
});
