import fc from "fast-check";
import type { RuleCheck } from "../rule-check.js";
import { bodyOf, json, type Body } from "./body.js";
import { cutters } from "./cutters.js";
import { decodeCheck } from "./decode-check.js";
import { anyFrame, outputFrame, runOf } from "./frames.js";

const run = runOf();
const mixed = runOf(anyFrame);

/** Lines of JSON that cut an object where white space may stand: after each comma outside of texts. */
function dataLines(text: string): readonly string[] {
  return text.split(/(?<=[{,](?="))/);
}

/** Frames as SSE events whose data takes several lines. */
const multiLine: fc.Arbitrary<Body> = fc.tuple(run, fc.constantFrom("\n", "\r\n")).map(([frames, lineEnd]) => ({
  ...bodyOf(frames, { framing: "sse" }),
  text: frames
    .map(
      (frame) =>
        dataLines(json(frame))
          .map((line) => `data: ${line}${lineEnd}`)
          .join("") + lineEnd,
    )
    .join(""),
}));

/** Frames with lines put before each of them. */
function withLines(lines: readonly string[], kind: "bare" | "sse"): fc.Arbitrary<Body> {
  return fc.tuple(run, fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 8 })).map(([frames, before]) => ({
    ...bodyOf(frames, { framing: kind }),
    text: frames
      .map((frame, index) => `${before[index % before.length]}\n${bodyOf([frame], { framing: kind }).text}`)
      .join(""),
  }));
}

/** What a parser has to make of the two framings and of line ends (`execd.md` 2.1). */
export const framingChecks: readonly RuleCheck[] = [
  decodeCheck({
    name: "bare",
    title: "JSON lines with blank lines between them are frames",
    clause: "rule.decode.items",
    body: mixed.map((frames) => bodyOf(frames, { framing: "bare" })),
  }),
  decodeCheck({
    name: "sse",
    title: "data lines of standard SSE are frames",
    clause: "rule.decode.items",
    body: mixed.map((frames) => bodyOf(frames, { framing: "sse" })),
  }),
  decodeCheck({
    name: "sse-no-space",
    title: "the space after data: is optional",
    clause: "rule.decode.items",
    body: run.map((frames) => bodyOf(frames, { framing: "sse", prefix: "data:" })),
  }),
  decodeCheck({
    name: "sse-multi-line",
    title: "several data lines of one event are joined",
    clause: "rule.decode.multi-line",
    body: multiLine.map((body) => ({ ...body, text: body.text.replaceAll("\r\n", "\n") })),
  }),
  decodeCheck({
    name: "sse-other-fields",
    title: "event, id, retry and unknown fields are passed over",
    clause: "rule.decode.comments",
    body: withLines(["event: message", "id: 7", "retry: 100", "event: stdout\nid: x", "id\nx-y: z"], "sse"),
  }),
  decodeCheck({
    name: "sse-comments",
    title: "comments of SSE are passed over",
    clause: "rule.decode.comments",
    body: withLines([": hello", ":", ': {"type":"ping"}', ":data: x"], "sse"),
  }),
  decodeCheck({
    name: "sse-empty-events",
    title: "events of SSE without data are no frames",
    clause: "rule.decode.comments",
    body: withLines(["event: ping\n", "data:\n", "id: 1\n\n", "data\n"], "sse"),
  }),
  decodeCheck({
    name: "bare-comments",
    title: "comment lines between bare frames are passed over",
    clause: "rule.decode.bare-comments",
    level: "SHOULD",
    body: withLines([": hello", ":", ': {"type":"ping"}'], "bare"),
  }),
  decodeCheck({
    name: "bare-one-line-end",
    title: "one line end between bare frames is enough",
    clause: "rule.decode.items",
    body: run.map((frames) => bodyOf(frames, { framing: "bare", lineEnds: 1 })),
  }),
  decodeCheck({
    name: "bare-blank-lines",
    title: "there may be any number of blank lines between bare frames",
    clause: "rule.decode.items",
    body: fc.tuple(run, fc.integer({ min: 3, max: 9 })).map(([frames, lineEnds]) => {
      const body = bodyOf(frames, { framing: "bare", lineEnds });
      return { ...body, text: `\n\n${body.text}` };
    }),
  }),
  decodeCheck({
    name: "bare-crlf",
    title: "CRLF ends a line of a bare stream",
    clause: "rule.decode.terminators",
    body: run.map((frames) => bodyOf(frames, { framing: "bare", lineEnd: "\r\n" })),
  }),
  decodeCheck({
    name: "bare-cr",
    title: "CR alone ends a line of a bare stream",
    clause: "rule.decode.terminators",
    body: run.map((frames) => bodyOf(frames, { framing: "bare", lineEnd: "\r" })),
  }),
  decodeCheck({
    name: "sse-crlf",
    title: "CRLF ends a line of an SSE stream",
    clause: "rule.decode.terminators",
    body: run.map((frames) => bodyOf(frames, { framing: "sse", lineEnd: "\r\n" })),
  }),
  decodeCheck({
    name: "sse-cr",
    title: "CR alone ends a line of an SSE stream",
    clause: "rule.decode.terminators",
    body: run.map((frames) => bodyOf(frames, { framing: "sse", lineEnd: "\r" })),
  }),
  decodeCheck({
    name: "byte-order-mark",
    title: "a byte order mark at the start is passed over",
    clause: "rule.decode.bom",
    body: fc
      .tuple(run, fc.constantFrom("bare" as const, "sse" as const))
      .map(([frames, kind]) => marked(bodyOf(frames, { framing: kind }))),
  }),
  decodeCheck({
    name: "byte-order-mark-split",
    title: "a byte order mark may come in pieces",
    clause: "rule.decode.bom",
    body: run.map((frames) => marked(bodyOf(frames, { framing: "bare" }))),
    cut: (bytes, numbers) => [
      bytes.subarray(0, 1 + ((numbers[0] ?? 0) % 2)),
      bytes.subarray(1 + ((numbers[0] ?? 0) % 2)),
    ],
  }),
  decodeCheck({
    name: "cr-at-chunk-end",
    title: "CR and LF in two chunks are one line end",
    clause: "rule.decode.terminators",
    body: multiLine.map((body) => ({ ...body, text: body.text.replace(/\r?\n/g, "\r\n") })),
    cut: cutters.afterCr,
  }),
  decodeCheck({
    name: "white-space",
    title: "white space around a bare frame does not matter",
    clause: "rule.decode.items",
    body: fc.tuple(run, fc.constantFrom(" ", "\t", "  \t")).map(([frames, space]) => ({
      ...bodyOf(frames, { framing: "bare" }),
      text: frames.map((frame) => `${space}${json(frame)}${space}\n`).join(""),
    })),
  }),
  decodeCheck({
    name: "many-frames",
    title: "any number of frames comes in one chunk",
    clause: "rule.decode.items",
    body: runOf(outputFrame(), { minLength: 150, maxLength: 300 }).map((frames) => bodyOf(frames, { framing: "bare" })),
    maxRuns: 60,
  }),
];

function marked(body: Body): Body {
  return { ...body, text: `\ufeff${body.text}` };
}
