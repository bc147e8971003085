import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createByteBuffer } from "./byte-buffer.js";

describe("createByteBuffer", () => {
  it("for any pieces, holds them joined, whatever becomes of the pieces, and starts afresh after clear", () => {
    const piece = fc.oneof(
      { weight: 8, arbitrary: fc.uint8Array({ maxLength: 40 }) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 1000, max: 80_000 }).map((length) => new Uint8Array(length).fill(length)),
      },
    );
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 8 }), { maxLength: 3 }), (rounds) => {
        const buffer = createByteBuffer();
        for (const pieces of rounds) {
          for (const bytes of pieces) {
            const lent = bytes.slice();
            buffer.append(lent);
            lent.fill(0);
          }
          const joined = pieces.flatMap((bytes) => [...bytes]);
          expect(buffer.length).toBe(joined.length);
          expect(buffer.view().every((byte, index) => byte === joined[index])).toBe(true);
          buffer.clear();
          expect(buffer.length).toBe(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
