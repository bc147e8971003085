import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraries, cutInto } from "@rxsandbox/testkit";
import { utf8Length } from "../operators/utf8-length.js";
import { cutPoint } from "./escape-tail.js";
import { LineBuffer, type LineStream, type TranscriptLine } from "./line-buffer.js";

const piece = fc.constantFrom(
  ...[
    "a",
    "word",
    "😀",
    "\n",
    "\r\n",
    "\r",
    "\u001b[31m",
    "\u001b[0K",
    "\u001b]8;;http://x\u0007",
    "\u001bPq\u001b\\",
    "\u001b(B",
    "\u001b",
    "[",
  ],
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
const cuts = fc.array(fc.nat({ max: 120 }), { maxLength: 12 });

/** The same text in pieces, cut between any two UTF-16 units. */
function cutAt(whole: string, at: readonly number[]): readonly string[] {
  const places = [...new Set(at.filter((place) => place <= whole.length))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => whole.slice(from, places[index]));
}

/** What a terminal would show of each line, where what follows a carriage return replaces the line. */
function shown(whole: string): readonly string[] {
  const lines = whole.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.split("\r").findLast((part) => part !== "") ?? "");
}

/** A whole escape sequence, or a character of two UTF-16 units. */
const sequenceOrPair =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[ -/]*[0-OQ-WYZ`-~\\])|[\ud800-\udbff][\udc00-\udfff]/g;

const texts = (lines: readonly TranscriptLine[]): readonly string[] => lines.map((line) => line.text);

describe("LineBuffer", () => {
  it("for any text and any cuts, never shows half an escape sequence or character", () => {
    fc.assert(
      fc.property(text, cuts, (given, at) => {
        const whole = given.replaceAll("\r", "");
        const sequences = [...whole.matchAll(sequenceOrPair)];
        const buffer = new LineBuffer(1000, 1_000_000);
        for (const part of cutAt(whole, at)) {
          buffer.write("stdout", part);
          const { lines, isLastLineOpen } = buffer.lines();
          const shownUpTo = texts(lines).join("\n").length + (isLastLineOpen || lines.length === 0 ? 0 : 1);
          for (const { index, 0: sequence } of sequences)
            expect(shownUpTo > index && shownUpTo < index + sequence.length).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("for any text and any cuts, shows the same lines", () => {
    fc.assert(
      fc.property(text, cuts, (whole, at) => {
        const buffer = new LineBuffer(1000, 1_000_000);
        for (const part of cutAt(whole, at)) buffer.write("stdout", part);
        buffer.end();
        expect(texts(buffer.lines().lines)).toEqual(shown(whole));
        expect(buffer.lines().isLastLineOpen).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("for any output of two streams, keeps what each of them wrote, in order", () => {
    const written = fc.array(fc.tuple(fc.constantFrom<LineStream>("stdout", "stderr"), text), { maxLength: 12 });
    fc.assert(
      fc.property(written, (parts) => {
        const buffer = new LineBuffer(1000, 1_000_000);
        for (const [stream, part] of parts) buffer.write(stream, part.replaceAll("\r", ""));
        buffer.end();
        const { lines } = buffer.lines();
        for (const stream of ["stdout", "stderr"] as const) {
          const expected = parts.flatMap(([of, part]) => (of === stream ? [part] : [])).join("");
          const own = lines.filter((line) => line.stream === stream);
          expect(texts(own).join("")).toBe(expected.replaceAll(/[\r\n]/g, ""));
        }
        expect(lines.map((line) => line.number)).toEqual(lines.map((_, index) => index));
      }),
      { numRuns: 1000 },
    );
  });

  it("for any bounds, keeps the last lines within them, and the same object for a line that did not change", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(text, fc.constant("x\n".repeat(3000))), { maxLength: 8 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat({ max: 60 }),
        (parts, maxLines, maxBytes) => {
          const buffer = new LineBuffer(maxLines, maxBytes);
          const all = new LineBuffer(1_000_000, 1_000_000);
          let before: readonly TranscriptLine[] = [];
          for (const part of parts) {
            buffer.write("stdout", part);
            all.write("stdout", part);
            const { lines, truncatedLines, isLastLineOpen } = buffer.lines();
            const whole = all.lines().lines;
            expect(lines).toEqual(whole.slice(truncatedLines));
            expect(lines.length).toBeLessThanOrEqual(maxLines);
            const closed = texts(isLastLineOpen ? lines.slice(0, -1) : lines);
            if (closed.length > 1) expect(utf8Length(closed.join(""))).toBeLessThanOrEqual(maxBytes);
            for (const line of before) {
              const now = lines.find(({ number }) => number === line.number);
              if (now?.text === line.text) expect(now).toBe(line);
            }
            before = lines;
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("wraps a long line without losing a character or cutting a sequence", () => {
    fc.assert(
      fc.property(arbitraries.chunking(), fc.nat({ max: 20 }), (chunking, shift) => {
        const whole = "x".repeat(shift) + "\u001b[31m😀".repeat(8000);
        const bytes = new TextEncoder().encode(whole);
        const decoder = new TextDecoder();
        const buffer = new LineBuffer(1000, 1_000_000);
        for (const chunk of cutInto(bytes, chunking)) buffer.write("stdout", decoder.decode(chunk, { stream: true }));
        const { lines } = buffer.lines();
        expect(texts(lines).join("")).toBe(whole);
        expect(lines.map((line) => line.isWrapped)).toEqual(lines.map((_, index) => index < lines.length - 1));
        for (const line of lines) expect(cutPoint(line.text)).toBe(line.text.length);
      }),
      { numRuns: 30 },
    );
  });
});
