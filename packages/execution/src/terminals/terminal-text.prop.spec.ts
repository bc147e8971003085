import fc from "fast-check";
import { from, throwError, concat } from "rxjs";
import { describe, expect, it } from "vitest";
import type { TerminalOutput } from "./terminal-output.js";
import { terminalText } from "./terminal-text.js";

const output = (bytes: Uint8Array, stream: "stdout" | "stderr" = "stdout"): TerminalOutput => ({
  type: "output",
  stream,
  bytes,
  offset: 0,
});

function textOf(items: readonly TerminalOutput[]): string {
  let text = "";
  from(items)
    .pipe(terminalText())
    .subscribe((part) => (text += part));
  return text;
}

describe("terminalText", () => {
  it("gives the same text for any cuts of the bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(40)), (text, sizes) => {
        const bytes = new TextEncoder().encode(text);
        const items: TerminalOutput[] = [];
        let at = 0;
        for (const size of [...sizes, bytes.length]) {
          items.push(output(bytes.subarray(at, at + size)));
          at = Math.min(bytes.length, at + size);
        }
        expect(textOf(items)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("decodes the two outputs apart and shows a character that a gap cut as U+FFFD", () => {
    const [first = 0, second = 0] = new TextEncoder().encode("é");
    expect(
      textOf([output(Uint8Array.of(first)), output(Uint8Array.of(65), "stderr"), output(Uint8Array.of(second))]),
    ).toBe("Aé");
    expect(
      textOf([output(Uint8Array.of(first)), { type: "gap", offset: 1, missingBytes: 9 }, output(Uint8Array.of(66))]),
    ).toBe("\ufffdB");
  });

  it("shows what is left before an error, and emits nothing empty", () => {
    const seen: unknown[] = [];
    concat(
      from([output(new Uint8Array(0)), output(Uint8Array.of(0xe2))]),
      throwError(() => "cut"),
    )
      .pipe(terminalText())
      .subscribe({ next: (text) => void seen.push(text), error: (error: unknown) => void seen.push([error]) });
    expect(seen).toEqual(["\ufffd", ["cut"]]);
  });
});
