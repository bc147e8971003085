import fc from "fast-check";
import type { Frame } from "../../oracles/parsers/decoded.js";
import type { RuleCheck } from "../rule-check.js";
import { bodyOf } from "./body.js";
import { decodeCheck } from "./decode-check.js";
import { anyFrame, errorFrame, outputFrame, pingFrame, runOf, wideText } from "./frames.js";

const bare = { framing: "bare" } as const;
const stamp = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });

function streamOf(frame: fc.Arbitrary<Frame>): fc.Arbitrary<ReturnType<typeof bodyOf>> {
  return runOf(frame).map((frames) => bodyOf(frames, bare));
}

function textOf(text: fc.Arbitrary<string>): fc.Arbitrary<ReturnType<typeof bodyOf>> {
  return streamOf(outputFrame(text));
}

const joined = (...parts: readonly string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));

/** What a parser must not do to events: lose, change, invent or reorder them (`execd.md` 2.2, 2.3). */
export const eventChecks: readonly RuleCheck[] = [
  decodeCheck({
    name: "wide-text",
    title: "characters of two to four bytes arrive as they are",
    clause: "rule.decode.values",
    body: textOf(wideText),
  }),
  decodeCheck({
    name: "escapes",
    title: "escapes of JSON are undone, once",
    clause: "rule.decode.values",
    body: textOf(joined('"', "\\", "\\n", "\\u0041", "\t", "\u0000", "\u001b[31m", "\b\f", "/", "a")),
  }),
  decodeCheck({
    name: "daemon-escapes",
    title: "characters that the daemon escapes arrive as characters",
    clause: "rule.decode.values",
    body: textOf(joined("<b>", "&amp;", "&", "\u2028", "\u2029")),
  }),
  decodeCheck({
    name: "spaces-in-text",
    title: "white space around a text belongs to it",
    clause: "rule.decode.values",
    body: textOf(
      fc.tuple(joined(" ", "\t", "  "), fc.constantFrom("a", "b c"), joined(" ", "\t")).map((parts) => parts.join("")),
    ),
  }),
  decodeCheck({
    name: "blank-line",
    title: "the text of a blank line is a line feed",
    clause: "rule.decode.values",
    body: textOf(fc.constantFrom("\n", "\n", "a")),
  }),
  decodeCheck({
    name: "line-ends-in-text",
    title: "escaped line ends in a text end no line",
    clause: "rule.decode.values",
    body: textOf(joined("a\nb", "\r\n", "\r", "x", "\n\n")),
  }),
  decodeCheck({
    name: "unicode-line-ends",
    title: "NEL and the separators of Unicode end no line",
    clause: "rule.decode.values",
    body: textOf(joined("a", "\u0085", "\u2028", "\u2029", "\u00a0", "\u3000")).map((body) => ({
      ...body,
      text: body.text.replaceAll("\\u2028", "\u2028").replaceAll("\\u2029", "\u2029"),
    })),
  }),
  decodeCheck({
    name: "text-like-frames",
    title: "a text that looks like a frame is a text",
    clause: "rule.decode.values",
    body: textOf(joined('{"type":"ping"}', '"}', "}{", "[DONE]", '","timestamp":1}', "}")),
  }),
  decodeCheck({
    name: "text-like-fields",
    title: "a text that looks like a field of SSE is a text",
    clause: "rule.decode.values",
    body: textOf(joined("data: x", "data:", ": c", "event: x", "a")),
  }),
  decodeCheck({
    name: "pings",
    title: "pings are events, wherever they are",
    clause: "rule.decode.items",
    body: streamOf(fc.oneof(pingFrame, outputFrame())),
  }),
  decodeCheck({
    name: "order",
    title: "events of both output streams keep their order",
    clause: "rule.decode.items",
    body: runOf(outputFrame(undefined, ["stdout", "stderr"]), { minLength: 4, maxLength: 12 }).map((frames) =>
      bodyOf(frames, bare),
    ),
  }),
  decodeCheck({
    name: "equal-frames",
    title: "equal frames one after the other are all frames",
    clause: "rule.decode.items",
    body: fc
      .tuple(runOf(outputFrame(), { maxLength: 2 }), fc.integer({ min: 2, max: 20 }))
      .map(([frames, times]) =>
        bodyOf(
          [frames[0] as Frame, ...Array.from({ length: times }, () => frames[1] as Frame), ...frames.slice(2)],
          bare,
        ),
      ),
  }),
  decodeCheck({
    name: "errors",
    title: "name, value and traceback of an error arrive",
    clause: "rule.decode.values",
    body: streamOf(errorFrame),
  }),
  decodeCheck({
    name: "results",
    title: "results arrive with all their values",
    clause: "rule.decode.values",
    body: streamOf(
      fc.record({
        type: fc.constant("result"),
        timestamp: stamp,
        results: fc.dictionary(
          fc.constantFrom("text", "text/plain", "text/html", "image/png", "application/json"),
          fc.oneof(wideText, fc.constantFrom({ a: [1, null, { b: true }] }, [0, "", false], null)),
          { minKeys: 1 },
        ),
      }),
    ),
  }),
  decodeCheck({
    name: "unknown-types",
    title: "an event of unknown type arrives with all its fields",
    clause: "rule.decode.items",
    body: streamOf(
      fc.record({
        type: fc.constantFrom("display_data", "progress", "x"),
        data: fc.constantFrom({ a: [1, null] }, "text", 7, true),
        timestamp: stamp,
      }),
    ),
  }),
  decodeCheck({
    name: "large-numbers",
    title: "integers up to 2^53 arrive as they are",
    clause: "rule.decode.values",
    body: streamOf(
      fc.record({
        type: fc.constant("ping"),
        text: fc.constant("pong"),
        timestamp: fc.constantFrom(2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1, 4_102_444_800_000),
      }),
    ),
  }),
  decodeCheck({
    name: "key-order",
    title: "the order of the keys does not matter",
    clause: "rule.decode.items",
    body: runOf(anyFrame).map((frames) =>
      bodyOf(
        frames.map((frame) => Object.fromEntries(Object.entries(frame).reverse())),
        bare,
      ),
    ),
  }),
  decodeCheck({
    name: "above-64-kib",
    title: "an event above 64 KiB arrives whole",
    clause: "rule.decode.large",
    body: textOf(
      fc
        .integer({ min: 65_537, max: 140_000 })
        .map((length) => "0123456789abcdef".repeat(length / 16 + 1).slice(0, length)),
    ),
    maxRuns: 5,
  }),
  decodeCheck({
    name: "one-mib",
    title: "an event of 1 MiB arrives whole",
    clause: "rule.decode.large",
    body: fc.integer({ min: 1_048_576, max: 1_060_000 }).map((length) =>
      bodyOf(
        [
          { type: "init", text: "c", timestamp: 1_700_000_000_000 },
          { type: "stdout", text: "x".repeat(length), timestamp: 1_700_000_000_000 },
        ],
        bare,
      ),
    ),
    maxRuns: 2,
  }),
];
