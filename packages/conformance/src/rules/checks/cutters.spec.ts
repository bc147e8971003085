import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutters, endsInCr, mixedCutter, splitsCharacter, withEmptyChunks, type Cutter } from "./cutters.js";

const bytes = Buffer.from("aä€\r\n😀\r\n");
const numbers = fc.array(fc.nat(), { minLength: 1, maxLength: 6 });

describe("cutters", () => {
  it.each<[string, Cutter]>([
    ...Object.entries(cutters),
    ["mixed", mixedCutter],
    ["with empty chunks", (whole, at) => withEmptyChunks(cutters.anywhere(whole, at), at)],
  ])("%s: for any bytes, the chunks joined are the bytes", (_, cut) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), numbers, (whole, at) => {
        expect(Buffer.concat(cut(whole, at))).toEqual(Buffer.from(whole));
      }),
    );
  });

  it("for any numbers, cut inside a character or after a CR where they say so", () => {
    fc.assert(
      fc.property(numbers, (at) => {
        expect(splitsCharacter(cutters.insideCharacters(bytes, at))).toBe(true);
        expect(endsInCr(cutters.afterCr(bytes, at))).toBe(true);
        expect(splitsCharacter(cutters.afterCr(bytes, at))).toBe(false);
        expect(withEmptyChunks([bytes], at).some(({ length }) => length === 0)).toBe(true);
      }),
    );
    expect(cutters.afterCr(Buffer.from("ab"), [1])).toHaveLength(1);
    expect(cutters.each(bytes)).toHaveLength(bytes.length);
  });
});

describe("splitsCharacter and endsInCr", () => {
  it("see borders inside bodies only", () => {
    expect(splitsCharacter([bytes])).toBe(false);
    expect(splitsCharacter([bytes.subarray(0, 2), bytes.subarray(2)])).toBe(true);
    expect(endsInCr([Buffer.from("a\r")])).toBe(false);
    expect(endsInCr([Buffer.from("a\r"), Buffer.from("\n")])).toBe(true);
  });
});
