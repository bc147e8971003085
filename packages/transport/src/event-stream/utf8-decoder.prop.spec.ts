import { arbitraries, cutInto } from "@rxsandbox/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createUtf8Decoder } from "./utf8-decoder.js";

describe("createUtf8Decoder", () => {
  it("for any bytes and any chunking, gives what decoding them at once gives", () => {
    const leadHeavy = fc
      .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff), { maxLength: 12 })
      .map((bytes) => Uint8Array.from(bytes));
    const text = fc.string({ unit: "binary", maxLength: 12 }).map((value) => new TextEncoder().encode(value));
    fc.assert(
      fc.property(fc.oneof(leadHeavy, text, fc.uint8Array({ maxLength: 12 })), arbitraries.chunking(), (bytes, how) => {
        const decoder = createUtf8Decoder();
        const pieces = cutInto(bytes, how).map((chunk) => decoder.push(chunk));
        expect(pieces.join("") + decoder.end()).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
      }),
      { numRuns: 5000 },
    );
  });
});
