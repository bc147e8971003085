import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "./line-splitter.js";

const encoder = new TextEncoder();

describe("LineSplitter", () => {
  it("gives the same lines whatever the borders of the chunks", () => {
    const text = fc.array(fc.string({ unit: "grapheme" }).map((line) => line.replaceAll("\n", "")));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const bytes = encoder.encode(lines.join("\n"));
        const splitter = new LineSplitter();
        const found: string[] = [];
        for (let at = 0; at < bytes.length; at += size) found.push(...splitter.push(bytes.subarray(at, at + size)));
        expect([...found, splitter.end()]).toEqual(lines.length === 0 ? [""] : lines);
      }),
    );
  });

  it("keeps its rest when the chunk is used again", () => {
    const splitter = new LineSplitter();
    const chunk = encoder.encode("ab");
    expect(splitter.push(chunk)).toEqual([]);
    chunk.fill(120);
    expect(splitter.push(encoder.encode("c\n"))).toEqual(["abc"]);
  });

  it("refuses a line above 64 KiB, in one chunk or in many, and takes one of 64 KiB", () => {
    const most = new Uint8Array(64 * 1024).fill(120);
    const splitter = new LineSplitter();
    splitter.push(most);
    expect(splitter.push(encoder.encode("\n"))).toHaveLength(1);
    splitter.push(most);
    expect(() => splitter.push(encoder.encode("x"))).toThrow(expect.objectContaining({ code: "event-too-large" }));
    expect(() => new LineSplitter().push(new Uint8Array(64 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: "event-too-large" }),
    );
  });
});
