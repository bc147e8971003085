import fc from "fast-check";
import type { Decoded, Envelope, Frame } from "../../oracles/parsers/decoded.js";
import type { RuleCheck } from "../rule-check.js";
import { bodyOf, json, type Body, type Spelling } from "./body.js";
import { decodeCheck } from "./decode-check.js";
import { anyFrame, completeFrame, outputFrame, pingFrame, runOf } from "./frames.js";

const bare: Spelling = { framing: "bare" };
const sse: Spelling = { framing: "sse" };
const run = runOf();
const begun = run.map((frames) => frames.slice(0, -1));

const envelope: fc.Arbitrary<Envelope & Frame> = fc.record({
  code: fc.constantFrom("RUNTIME_ERROR", "UNKNOWN", "CONTEXT_NOT_FOUND"),
  message: fc.constantFrom(
    "error running in session. timeout after 300ms",
    "error running codes session is busy",
    "no",
  ),
});

/** Lines that are whole and yet no frame. */
const rubbish = fc.oneof(
  fc.constantFrom(
    "rubbish",
    "{",
    "}",
    '{"type":',
    '{"type":"stdout","text":"a}',
    '{"type":"ping",}',
    "{'type':'ping'}",
    '{"type":"ping"} x',
    "<html>",
  ),
  completeFrame.map((frame) => json(frame).slice(0, -1)),
);

function followedBy(body: Body, text: string, items: Body["items"], ended: Decoded["ended"] = "complete"): Body {
  return { text: body.text + text, items: [...body.items, ...items], ended: [ended] };
}

/** A stream with one whole line in the middle that is not a frame. */
function interrupted(spelling: Spelling): fc.Arbitrary<Body> {
  return fc.tuple(run, rubbish, fc.nat()).map(([frames, line, number]) => {
    const before = bodyOf(frames.slice(0, 1 + (number % (frames.length - 1))), spelling);
    const after = bodyOf(frames.slice(1 + (number % (frames.length - 1))), spelling);
    const text = spelling.framing === "sse" ? `data: ${line}\n\n` : `${line}\n\n`;
    return {
      text: before.text + text + after.text,
      items: [...before.items, { malformed: true as const }, ...after.items],
      ended: ["complete" as const],
    };
  });
}

/** A stream whose body ends inside a frame. */
function cutShort(spelling: Spelling): fc.Arbitrary<Body> {
  return fc.tuple(begun, completeFrame, fc.nat(), fc.boolean()).map(([frames, last, number, isLineEnded]) => {
    const text = json(last);
    const prefix = spelling.framing === "sse" ? "data: " : "";
    // With a line end behind it, half a bare frame is a malformed line and no cut.
    const lineEnd = spelling.framing === "sse" && isLineEnded ? "\n" : "";
    return followedBy(
      bodyOf(frames, spelling),
      prefix + text.slice(0, 1 + (number % (text.length - 1))) + lineEnd,
      [],
      "truncated",
    );
  });
}

/**
 * What a parser has to say of the end of a body, of envelopes, and of anything that is not a frame (`execd.md` 2.2,
 * `divergences.md` X02).
 */
export const endingChecks: readonly RuleCheck[] = [
  decodeCheck({
    name: "envelope",
    title: "an error body without type, the last of a bare stream, is an envelope",
    clause: "rule.decode.envelope",
    body: fc
      .tuple(begun, envelope)
      .map(([frames, failed]) => followedBy(bodyOf(frames, bare), json(failed), [{ envelope: failed }])),
  }),
  decodeCheck({
    name: "envelope-with-line-end",
    title: "an envelope may have line ends",
    clause: "rule.decode.envelope",
    body: fc
      .tuple(begun, envelope)
      .map(([frames, failed]) => followedBy(bodyOf(frames, bare), `${json(failed)}\n\n`, [{ envelope: failed }])),
  }),
  decodeCheck({
    name: "sse-envelope",
    title: "an envelope in a data line is an envelope",
    clause: "rule.decode.envelope",
    body: fc
      .tuple(begun, envelope)
      .map(([frames, failed]) => followedBy(bodyOf(frames, sse), `data: ${json(failed)}\n\n`, [{ envelope: failed }])),
  }),
  decodeCheck({
    name: "envelope-code-only",
    title: "an error body whose message is left out is an envelope",
    clause: "rule.decode.envelope-partial",
    level: "SHOULD",
    body: begun.map((frames) =>
      followedBy(bodyOf(frames, bare), '{"code":"UNKNOWN"}', [{ envelope: { code: "UNKNOWN" } }]),
    ),
  }),
  decodeCheck({
    name: "last-frame-unterminated",
    title: "a last bare frame needs no line end",
    clause: "rule.decode.items",
    body: fc
      .tuple(begun, completeFrame)
      .map(([frames, last]) => followedBy(bodyOf(frames, bare), json(last), [{ event: last }])),
  }),
  decodeCheck({
    name: "sse-last-event-unterminated",
    title: "a last SSE event without blank line is a frame or a cut",
    clause: "rule.decode.sse-last-event",
    level: "disputed",
    body: fc
      .tuple(begun, completeFrame)
      .map(([frames, last]) => followedBy(bodyOf(frames, sse), `data: ${json(last)}`, [{ event: last }])),
  }),
  decodeCheck({
    name: "malformed",
    title: "a line that is not a frame does not vanish",
    clause: "rule.decode.malformed",
    body: interrupted(bare),
  }),
  decodeCheck({
    name: "sse-malformed",
    title: "an SSE event that is not a frame does not vanish",
    clause: "rule.decode.malformed",
    body: interrupted(sse),
  }),
  decodeCheck({
    name: "truncated",
    title: "a body that ends inside a frame is truncated",
    clause: "rule.decode.truncated",
    body: cutShort(bare),
  }),
  decodeCheck({
    name: "sse-truncated",
    title: "a body that ends inside an SSE event is truncated",
    clause: "rule.decode.truncated",
    body: cutShort(sse),
  }),
  decodeCheck({
    name: "cut",
    title: "a broken connection is not an end of body, not even between two frames",
    clause: "rule.decode.ended",
    body: begun.map((frames) => ({ ...bodyOf(frames, bare), ended: ["truncated" as const, "error" as const] })),
    end: "cut",
  }),
  decodeCheck({
    name: "cut-inside-frame",
    title: "a connection that breaks inside a frame loses that frame only",
    clause: "rule.decode.ended",
    body: cutShort(bare).map((body) => ({ ...body, ended: ["truncated" as const, "error" as const] })),
    end: "cut",
  }),
  decodeCheck({
    name: "after-the-end",
    title: "frames after execution_complete are frames",
    clause: "rule.decode.items",
    body: fc
      .tuple(run, fc.array(fc.oneof(outputFrame(), pingFrame), { minLength: 1, maxLength: 4 }))
      .map(([frames, more]) => bodyOf([...frames, ...more], bare)),
  }),
  decodeCheck({
    name: "no-end",
    title: "a body without an end of the execution adds none",
    clause: "rule.decode.ended",
    body: runOf(anyFrame)
      .map((frames) => frames.filter(({ type }) => type !== "error" && type !== "execution_complete"))
      .map((frames) => ({ ...bodyOf(frames, bare), ended: ["complete" as const, "truncated" as const] })),
  }),
];
