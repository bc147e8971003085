import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarkedOutput } from "./marked-output.js";

const ID = `rx${"0a".repeat(12)}`;
const OTHER = `rx${"1b".repeat(12)}`;
const mark = (id: string): string => `\0${id}\0`;

/** Output of programs, with everything that looks like a mark and is none. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("\0", "\0r", "\0rx", `\0${ID}`, `${ID}\0`, "\0\0rx", mark("rxnope"), `\0${OTHER.slice(0, 20)}\0`),
    ),
  )
  .map((pieces) => pieces.join(""))
  .filter(
    (joined) =>
      !joined.includes(mark(ID)) &&
      !joined.includes(mark(OTHER)) &&
      !`${joined}\0`.includes(mark(ID)) &&
      !`${joined}\0`.includes(mark(OTHER)),
  );

function split(bytes: Buffer, borders: readonly number[]): { readonly text: string; readonly isOver: boolean } {
  const output = new MarkedOutput(ID);
  const at = [0, ...borders.map((border) => border % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const pieces = at.slice(1).map((border, index) => output.push(bytes.subarray(at[index], border)));
  return { text: pieces.join(""), isOver: output.isOver };
}

describe("MarkedOutput", () => {
  it("for any output and chunking, gives what came before the mark, without marks of other runs, and nothing of what follows", () => {
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.array(fc.nat({ max: 500 }), { maxLength: 12 }),
        (stale, before, after, borders) => {
          const bytes = Buffer.from(`${stale}${mark(OTHER)}${before}${mark(ID)}${after}`);
          expect(split(bytes, borders)).toEqual({ text: `${stale}${before}`, isOver: true });
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("for any output without its mark, is not over and holds back less than a mark", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 500 }), { maxLength: 8 }), (whole, borders) => {
        const given = split(Buffer.from(whole), borders);
        expect(given.isOver).toBe(false);
        expect(whole.startsWith(given.text)).toBe(true);
        expect(Buffer.byteLength(whole) - Buffer.byteLength(given.text)).toBeLessThan(28 + 4);
      }),
      { numRuns: 2000 },
    );
  });
});
