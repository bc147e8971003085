import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFrame } from "./parse-frame.js";
import { createOutputFrameReader } from "./output-frame.js";

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', "\\", "\n", "\u0000", "\u007f", "ä", "\ufeff", "🌍", "\ud800"),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 40,
});
const frame = fc
  .record({
    type: fc.constantFrom("stdout", "stderr", "init", "ping"),
    text,
    timestamp: fc.oneof(fc.nat(), fc.constantFrom(0, 1_795_000_000_000, 1e15, -1, 1.5)),
  })
  .map((event) => JSON.stringify(event));
const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 2 }),
  insert: fc.constantFrom(
    "",
    '"',
    "\\",
    "\\u00",
    "\\n",
    "\\x",
    "0",
    ",",
    "}",
    " ",
    "\t",
    "s",
    "9",
    "\r",
    '","timestamp":1}',
    '","text":"',
  ),
});
const mutated = fc.tuple(frame, fc.array(edit, { maxLength: 2 })).map(([json, edits]) =>
  edits.reduce((line, { at, remove, insert }) => {
    const cut = at % (line.length + 1);
    return line.slice(0, cut) + insert + line.slice(cut + remove);
  }, json),
);

/** Lone surrogates do not survive it. */
const throughUtf8 = (value: string): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(value));

/** As Node's buffers do: a view into a larger buffer, with a quick way to a text of single bytes. */
class NodeLikeBytes extends Uint8Array {
  latin1Slice(start: number, end: number): string {
    return Array.from(this.subarray(start, end), (byte) => String.fromCharCode(byte)).join("");
  }
}

/** The same bytes as every platform hands them over: alone, or somewhere in a buffer that earlier chunks share. */
function chunksOf(text: string): readonly Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  return [
    bytes,
    ...[1, 2, 3].map((offset) => {
      const shared = new ArrayBuffer(bytes.length + offset + 40);
      new Uint8Array(shared).fill(34);
      const chunk = new NodeLikeBytes(shared, offset, bytes.length);
      chunk.set(bytes);
      return chunk;
    }),
  ];
}

describe("createOutputFrameReader", () => {
  it("for any frame and any small mutation of it, reads what the general path reads, or nothing", () => {
    fc.assert(
      fc.property(mutated, fc.constantFrom("", "\n", "\r", "\n\n", "\nrest"), (json, end) => {
        const reader = createOutputFrameReader("line");
        for (const bytes of chunksOf(`\n${json}${end}`)) {
          const event = reader.read(bytes, 1);
          if (event === undefined) continue;
          const line = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
            Uint8Array.from(bytes.subarray(1, reader.next - 1)),
          );
          expect({ event }).toEqual(parseFrame(line, "line"));
          expect(line).toBe(throughUtf8(json.split(/[\r\n]/)[0] as string));
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it("for any output frame that the daemon writes, declines none", () => {
    const plain = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 40 }),
      text.filter((value) => throughUtf8(value) === value),
    );
    fc.assert(
      fc.property(
        fc.constantFrom("stdout", "stderr"),
        plain,
        fc.integer({ min: 0, max: 999_999_999_999_999 }),
        (type, value, timestamp) => {
          const json = JSON.stringify({ type, text: value, timestamp });
          const reader = createOutputFrameReader("line");
          for (const bytes of chunksOf(`${json}\n\n`))
            expect(reader.read(bytes, 0)).toEqual({ type, text: value, unit: "line", timestamp });
        },
      ),
      { numRuns: 2000 },
    );
  });
});
