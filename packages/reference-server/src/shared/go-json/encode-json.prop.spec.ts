import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeJson, encodeTextBytes } from "./encode-json.js";

describe("encodeTextBytes", () => {
  it("reads back as the same text, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const encoded = encodeTextBytes(Buffer.from(text));
        expect(JSON.parse(`"${encoded}"`)).toBe(text.toWellFormed());
        expect(encoded).not.toMatch(/[<>&\u2028\u2029]/);
      }),
    );
  });

  it("keeps valid text around any junk, one replacement per byte", () => {
    const junk = fc.uint8Array({ min: 0x80, max: 0xbf, minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.string(), junk, fc.string(), (before, bytes, after) => {
        const encoded = encodeTextBytes(Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]));
        expect(JSON.parse(`"${encoded}"`)).toBe(before + "\ufffd".repeat(bytes.length) + after);
      }),
    );
  });
});

describe("encodeJson", () => {
  it("escapes what a browser could take for markup", () => {
    expect(encodeJson({ a: "<b>&\u2028" })).toBe('{"a":"\\u003cb\\u003e\\u0026\\u2028"}');
  });
});
