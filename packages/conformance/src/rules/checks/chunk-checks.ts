import fc from "fast-check";
import { judgeDecoded } from "../../oracles/decode-oracle.js";
import type { RuleCheck } from "../rule-check.js";
import { bodyOf } from "./body.js";
import { cutters, mixedCutter, withEmptyChunks } from "./cutters.js";
import { decodeCheck, decodedOf, decodeRequest } from "./decode-check.js";
import { anyFrame, outputFrame, runOf, wideText } from "./frames.js";

const clause = "rule.decode.chunks";
const wide = runOf(outputFrame(wideText));

/** Bytes that need not be a stream at all: whatever a parser makes of them, borders must not matter. */
const soup = fc
  .array(
    fc.constantFrom(
      "\n",
      "\r\n",
      "\r",
      "data: ",
      "data:",
      ": c",
      '{"type":"ping","text":"pong","timestamp":1700000000000}',
      '{"type":"stdout","text":"ä',
      '"}',
      "😀",
      "\ufffd",
      "rubbish",
      "{",
      "}",
    ),
    { minLength: 1, maxLength: 16 },
  )
  .map((parts) => Buffer.from(`${'{"type":"init","text":"c","timestamp":1700000000000}\n'}${parts.join("")}`));

/** What the borders of chunks must not change: a chunk is whatever the network made of the body. */
export const chunkChecks: readonly RuleCheck[] = [
  decodeCheck({
    name: "any-stream",
    title: "any stream in either framing, with LF or CRLF, may be cut anywhere",
    clause: "rule.decode.chunks",
    body: fc
      .tuple(
        runOf(anyFrame, { maxLength: 6 }),
        fc.constantFrom("bare" as const, "sse" as const),
        fc.constantFrom("\n" as const, "\r\n" as const),
      )
      .map(([frames, framing, lineEnd]) => bodyOf(frames, { framing, lineEnd })),
    cut: mixedCutter,
    shares: { "split inside a character": 0.1, "CR at a chunk end": 0.05 },
  }),
  decodeCheck({
    name: "any-border",
    title: "a frame may be cut anywhere",
    clause: "rule.decode.chunks",
    body: runOf().map((frames) => bodyOf(frames, { framing: "bare" })),
    cut: cutters.anywhere,
  }),
  decodeCheck({
    name: "sse-any-border",
    title: "an SSE event may be cut anywhere",
    clause: "rule.decode.chunks",
    body: runOf().map((frames) => bodyOf(frames, { framing: "sse" })),
    cut: cutters.anywhere,
  }),
  decodeCheck({
    name: "split-character",
    title: "a character may be cut between its bytes",
    clause: "rule.decode.utf8",
    body: wide.map((frames) => bodyOf(frames, { framing: "bare" })),
    cut: cutters.insideCharacters,
  }),
  decodeCheck({
    name: "sse-split-character",
    title: "a character of an SSE event may be cut between its bytes",
    clause: "rule.decode.utf8",
    body: wide.map((frames) => bodyOf(frames, { framing: "sse" })),
    cut: cutters.insideCharacters,
  }),
  decodeCheck({
    name: "byte-by-byte",
    title: "bytes may come one by one",
    clause: "rule.decode.chunks",
    body: runOf(anyFrame, { maxLength: 2 }).map((frames) => bodyOf(frames, { framing: "bare" })),
    cut: cutters.each,
    maxRuns: 300,
  }),
  decodeCheck({
    name: "empty-chunks",
    title: "an empty chunk means nothing",
    clause: "rule.decode.chunks",
    body: runOf().map((frames) => bodyOf(frames, { framing: "bare" })),
    cut: (bytes, numbers) => withEmptyChunks(cutters.anywhere(bytes, numbers), numbers),
  }),
  decodeCheck({
    name: "line-end-apart",
    title: "the line end of a frame may come in a later chunk",
    clause: "rule.decode.chunks",
    body: runOf(anyFrame).map((frames) => bodyOf(frames, { framing: "bare", lineEnds: 1 })),
    cut: (bytes) => beforeEachLineEnd(bytes),
  }),
  {
    id: "rule/decode/border-independent",
    title: "for any bytes, other borders give the same items",
    clause,
    level: "MUST",
    op: "decode",
    controls: [],
    cases: fc
      .tuple(
        fc.oneof(
          soup,
          runOf(anyFrame).map((frames) => Buffer.from(bodyOf(frames, { framing: "sse", lineEnd: "\r\n" }).text)),
        ),
        fc.array(fc.nat({ max: 0x3fff_ffff }), { minLength: 1, maxLength: 6 }),
      )
      .map(([bytes, numbers]) => ({
        requests: [decodeRequest([bytes]), decodeRequest(mixedCutter(bytes, numbers))],
        judge: ([whole, cut]) => {
          const one = decodedOf(whole);
          // Nothing at all is the same whatever the borders are: the first frame of every body has to be there.
          const first = "refused" in one ? undefined : one.items[0];
          if ("refused" in one || first === undefined || !("event" in first))
            return [{ clause, invariant: "frame-lost", level: "MUST", expected: "init", observed: one }];
          return judgeDecoded(clause, { items: one.items, ended: [one.ended] }, decodedOf(cut));
        },
      })),
  },
];

function beforeEachLineEnd(bytes: Uint8Array): readonly Uint8Array[] {
  const borders = [
    0,
    ...Array.from(bytes, (_, index) => index).filter(
      (index) => index > 0 && (bytes[index] === 10 || bytes[index - 1] === 10),
    ),
    bytes.length,
  ];
  return borders.slice(1).map((border, index) => bytes.subarray(borders[index], border));
}
