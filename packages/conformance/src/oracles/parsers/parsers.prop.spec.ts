import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeVectors } from "./decode-vectors.js";
import { parseBytes } from "./parse-bytes.js";
import { parseWhole } from "./parse-whole.js";

/** Pieces that meet at every border of the grammar, valid or not. */
const piece = fc.constantFrom(
  ...[
    "\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    ":",
    "data",
    "data:",
    "data: ",
    "event: x",
    "id",
    "{",
    "}",
    '"',
    ",",
    "\ufeff",
    "ä",
    "😀",
    "\u2028",
    "[DONE]",
    "12",
    "null",
  ],
  ...[
    '{"type":"ping"}',
    '{"type":"stdout",',
    '"text":"ä"}',
    '{"code":"C","message":"m"}',
    '{"message":"m"',
    '{"type":1}',
    "[]",
    "{}",
    '{"type":"stdout","text":"\\n"}',
  ],
);
const soup = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: piece.map((text) => [...Buffer.from(text)]) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => [byte]) },
  ),
  { maxLength: 24 },
);

function cut(bytes: Uint8Array, at: readonly number[]): readonly Uint8Array[] {
  const borders = [...new Set([0, ...at.map((fraction) => fraction % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return borders.slice(1).map((border, index) => bytes.subarray(borders[index], border));
}

describe("parseWhole and parseBytes", () => {
  it("for any bytes, any borders and either end, agree", () => {
    fc.assert(
      fc.property(
        soup,
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.constantFrom("eof" as const, "cut" as const),
        (pieces, borders, end) => {
          const chunks = cut(Uint8Array.from(pieces.flat()), borders);
          expect(parseBytes(chunks, end)).toEqual(parseWhole(chunks, end));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("for any vector and any borders, decode the same", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...decodeVectors()),
        fc.array(fc.nat(), { maxLength: 12 }),
        ({ chunks, end, items, ended }, borders) => {
          const cutAgain = cut(Buffer.concat(chunks), borders);
          expect(parseBytes(cutAgain, end)).toEqual({ items, ended });
          expect(parseWhole(cutAgain, end)).toEqual({ items, ended });
        },
      ),
      { numRuns: 1000 },
    );
  });
});
