import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeptText } from "./kept-text.js";

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
/** The longest beginning of a text within so many bytes, by whole characters. */
function beginning(text: string, maxBytes: number): string {
  let kept = "";
  for (const character of text) {
    if (bytesOf(kept + character) > maxBytes) break;
    kept += character;
  }
  return kept;
}
const reversed = (text: string): string => [...text].reverse().join("");

const piece = fc.oneof(
  fc.constantFrom("", "a", "ä", "€", "😀", "\n", "line\n"),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);

describe("createKeptText", () => {
  it("for any pieces and bound, keeps the beginning and the end of the whole, all of it when it fits, and counts what is left out", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.nat({ max: 60 }), (pieces, maxBytes) => {
        const kept = createKeptText(maxBytes);
        for (const text of pieces) kept.add(text);
        const whole = pieces.join("");
        const { text, truncated, omittedBytes } = kept.result();
        expect(bytesOf(text)).toBeLessThanOrEqual(maxBytes);
        expect(omittedBytes).toBe(bytesOf(whole) - bytesOf(text));
        expect(truncated).toBe(omittedBytes > 0);
        if (bytesOf(whole) <= maxBytes) expect(text).toBe(whole);
        else {
          const head = beginning(whole, Math.ceil(maxBytes / 2));
          const tail = reversed(beginning(reversed(whole.slice(head.length)), maxBytes - bytesOf(head)));
          expect(text).toBe(head + tail);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves no hole before the end of a piece that alone is too long", () => {
    const kept = createKeptText(18);
    for (const text of ["\u00a0𐀀", "line\n", "\u00a0𐀀𐀀"]) kept.add(text);
    expect(kept.result()).toEqual({ text: "\u00a0𐀀lin𐀀𐀀", truncated: true, omittedBytes: 4 });
  });

  it("keeps the same of many short pieces as of one long text", () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`);
    const [short, long] = [createKeptText(200_000), createKeptText(200_000)];
    for (const line of lines) short.add(line);
    long.add(lines.join(""));
    expect(short.result()).toEqual(long.result());
    expect(bytesOf(short.result().text)).toBe(200_000);
  });
});
