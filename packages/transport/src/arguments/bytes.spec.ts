import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isByteArray, toBytes } from "./bytes.js";

const foreign = (expression: string): unknown => runInNewContext(expression);

describe("toBytes", () => {
  it.each([
    ["an array of bytes", new Uint8Array([1, 2, 3])],
    ["a buffer", new Uint8Array([1, 2, 3]).buffer],
    ["a view on a part", new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4)],
    ["a DataView on a part", new DataView(new Uint8Array([0, 1, 2, 3]).buffer, 1)],
    ["a Node buffer", Buffer.from([1, 2, 3])],
    ["another realm's array", foreign("new Uint8Array([1, 2, 3])")],
    ["another realm's buffer", foreign("new Uint8Array([1, 2, 3]).buffer")],
    ["another realm's DataView", foreign("new DataView(new Uint8Array([0, 1, 2, 3]).buffer, 1)")],
    ["another realm's array of signed bytes", foreign("new Int8Array([1, 2, 3])")],
  ])("reads %s", (_what, value) => {
    const bytes = toBytes(value);
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect([...(bytes ?? [])]).toEqual([1, 2, 3]);
  });

  it("gives all bytes of wider elements", () => {
    expect(toBytes(new Uint16Array([0x0101, 0x0202]))).toEqual(new Uint8Array([1, 1, 2, 2]));
  });

  it.each([
    undefined,
    null,
    3,
    "text",
    {},
    [1, 2],
    { byteLength: 3 },
    { [Symbol.toStringTag]: "ArrayBuffer" },
    new Blob(["x"]),
  ])("does not take %s for bytes", (value) => {
    expect(toBytes(value)).toBeUndefined();
  });
});

describe("isByteArray", () => {
  it("knows the arrays of every realm", () => {
    expect([new Uint8Array(), foreign("new Uint8Array()"), {}, "x"].map(isByteArray)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
