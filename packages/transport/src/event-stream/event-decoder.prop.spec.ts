import type { ExecutionEvent } from "@rxsandbox/protocol";
import { toWireEvent } from "@rxsandbox/protocol";
import { arbitraries, cutInto, executionFrames, type EnvelopeFrame } from "@rxsandbox/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSandboxError } from "../errors/sandbox-error.js";
import { createEventDecoder, type EventDecoderOptions } from "./event-decoder.js";

type Frame = ExecutionEvent | EnvelopeFrame;

interface Outcome {
  readonly frames: readonly Frame[];
  readonly error: string | undefined;
}

function decode(chunks: readonly Uint8Array[], options: Partial<EventDecoderOptions> = {}): Outcome {
  const frames: Frame[] = [];
  const decoder = createEventDecoder(
    { unit: "line", ...options },
    { event: (event) => void frames.push(event), envelope: (envelope) => void frames.push(envelope) },
  );
  try {
    for (const chunk of chunks) {
      const lent = chunk.slice();
      decoder.push(lent);
      lent.fill(0x7b);
    }
    decoder.end();
    return { frames, error: undefined };
  } catch (error) {
    if (!isSandboxError(error)) throw error;
    return { frames, error: `${error.code}: ${error.message}` };
  }
}

/** Cheaper than a deep comparison, for loops over every byte; key order is that of the library's events. */
function sameJson(frame: Frame, json: string | undefined): boolean {
  const mine = JSON.stringify(frame);
  return mine === json || JSON.stringify(frame, Object.keys(frame).sort()) === json;
}

const lineEnd = fc.constantFrom("\n", "\r", "\r\n");
/** Line ends that may follow each other: CR and then LF would be one end, not two. */
const lineEnds = fc.constantFrom(["\n"], ["\r"], ["\r\n"], ["\n", "\r\n"], ["\r", "\r\n"]);
const encoder = new TextEncoder();

/**
 * Free-form spelling of a stream: comments, blank lines, other fields, data on several lines, any legal mix of line
 * ends.
 */
function spelled(
  framing: "bare" | "sse",
): fc.Arbitrary<{ readonly frames: readonly Frame[]; readonly bytes: Uint8Array }> {
  const between = fc.array(
    fc.constantFrom(
      "",
      ": comment",
      ":",
      ':{"type":"ping"}',
      ...(framing === "sse" ? ["event: message", "id: 7", "retry: 5", "unknown: x", "data"] : [" "]),
    ),
    { maxLength: 3 },
  );
  return fc
    .tuple(
      arbitraries.commandStream(),
      fc.boolean(),
      lineEnds,
      fc.array(between, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
    )
    .map(([{ frames }, hasMark, ends, gaps, isBroken]) => {
      let turn = 0;
      const end = (): string => ends[turn++ % ends.length] as string;
      const gap = (): string => (gaps[turn++ % gaps.length] as readonly string[]).map((text) => text + end()).join("");
      const parts = frames.map((frame, index) => {
        if (!("type" in frame)) return JSON.stringify(frame);
        const json = JSON.stringify(toWireEvent(frame));
        if (framing === "bare") return gap() + json + end() + gap();
        // Before the first data any SSE field decides as well.
        return gap() + dataLines(json, isBroken && index % 2 === 1, end) + end();
      });
      return { frames, bytes: encoder.encode((hasMark ? "\ufeff" : "") + parts.join("")) };
    });
}

/** JSON may be broken after a structural comma: white space is legal there. */
function dataLines(json: string, isBroken: boolean, end: () => string): string {
  const lines = isBroken ? json.split(/(?<=^\{"type":"[a-z_]+",)/) : [json];
  return lines.map((line, index) => `data:${index % 2 === 0 ? " " : ""}${line}${end()}`).join("");
}

const anyStream = fc.oneof(spelled("bare"), spelled("sse"));
const many = { numRuns: 1500 };

describe("createEventDecoder", () => {
  // Nearly every cut is an error, and nobody reads their stacks: collecting them is most of the time.
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  it("for any chunking of any stream in either framing, decodes to the same events", () => {
    fc.assert(
      fc.property(anyStream, arbitraries.chunking(), ({ frames, bytes }, how) => {
        expect(decode(cutInto(bytes, how))).toEqual({ frames, error: undefined });
      }),
      many,
    );
  });

  it("for any code stream, keeps the frames after execution_complete and the unit", () => {
    const framing = fc.constantFrom("bare" as const, "sse" as const);
    fc.assert(
      fc.property(arbitraries.codeStream(), framing, arbitraries.chunking(), ({ frames }, kind, how) => {
        expect(decode(cutInto(executionFrames(frames, { framing: kind }), how), { unit: "chunk" })).toEqual({
          frames,
          error: undefined,
        });
      }),
      many,
    );
  });

  it("for any valid stream cut at every byte, gives a prefix of its events, and all of them or an error unless it is cut between two", () => {
    const stream = fc.oneof(arbitraries.commandStream({ maxOutput: 2 }), arbitraries.sessionStream({ maxOutput: 2 }));
    fc.assert(
      fc.property(stream, fc.constantFrom("bare" as const, "sse" as const), lineEnd, ({ frames }, framing, end) => {
        const bytes = executionFrames(frames, { framing, lineEnd: end });
        const wanted = frames.map((frame) => JSON.stringify(frame));
        /** Length of the body up to the last character of each frame's JSON. */
        const complete = frames.map((_frame, index) => {
          const upTo = executionFrames(frames.slice(0, index + 1), { framing, lineEnd: end });
          return upTo.findLastIndex((byte) => byte === 0x7d) + 1;
        });
        for (let length = 0; length <= bytes.length; length++) {
          const outcome = decode([bytes.subarray(0, length)]);
          const whole = complete.filter((at) => at <= length).length;
          // Some of a further frame's JSON is there: only an error may say so.
          const isCutInside = bytes.subarray(complete[whole - 1] ?? 0, length).includes(0x7b);
          const isPrefix =
            outcome.frames.length === whole && outcome.frames.every((frame, index) => sameJson(frame, wanted[index]));
          const isTruthful =
            outcome.error === undefined
              ? !isCutInside
              : whole < frames.length && outcome.error.startsWith("stream-truncated: ");
          if (!isPrefix || !isTruthful) expect.fail(`cut at ${length}: ${JSON.stringify(outcome)}`);
        }
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it("for any rubbish and any chunking, ends as it does in one piece, by a typed error or not at all", () => {
    const scrap = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          "\n",
          "\r",
          "\r\n",
          "\n\n",
          " ",
          ":",
          ": c",
          "data",
          "data:",
          "data: ",
          "event: x",
          "id",
          "dat",
          "{",
          "}",
          "null",
          "17",
          '"',
          "\ufeff",
          "ä€😀",
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '{"type":"ping","text":"pong","timestamp":1}',
          '{"type":"stdout","text":"äh","timestamp":2}',
          '{"code":"X","message":"m"}',
          '{"type":5}',
          "{}",
          "[]",
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
    );
    const rubbish = fc.oneof(
      { weight: 5, arbitrary: fc.array(scrap, { maxLength: 14 }).map((parts) => encoder.encode(parts.join(""))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
      {
        weight: 1,
        arbitrary: fc
          .array(fc.constantFrom(0xef, 0xbb, 0xbf, 0x0a, 0x0d, 0x3a, 0x7b, 0x64), { maxLength: 8 })
          .map((bytes) => Uint8Array.from(bytes)),
      },
    );
    const limit = fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined });
    fc.assert(
      fc.property(rubbish, arbitraries.chunking(), limit, (bytes, how, maxEventBytes) => {
        expect(decode(cutInto(bytes, how), { maxEventBytes })).toEqual(decode([bytes], { maxEventBytes }));
      }),
      { numRuns: 5000 },
    );
  }, 60_000);

  it("for any stream and any limit, refuses exactly the events above it", () => {
    fc.assert(
      fc.property(
        arbitraries.commandStream({ maxOutput: 4 }),
        fc.constantFrom("bare" as const, "sse" as const),
        fc.integer({ min: 30, max: 150 }),
        arbitraries.chunking(),
        (stream, framing, maxEventBytes, how) => {
          const events = stream.frames.filter((frame): frame is ExecutionEvent => "type" in frame);
          const size = (event: ExecutionEvent): number => {
            const [bare] = new TextDecoder().decode(executionFrames([event])).split("\n");
            return encoder.encode(bare).length;
          };
          const over = events.findIndex((event) => size(event) > maxEventBytes);
          const { frames, error } = decode(cutInto(executionFrames(events, { framing }), how), { maxEventBytes });
          expect(frames).toEqual(over === -1 ? events : events.slice(0, over));
          expect(error?.startsWith("event-too-large: ") ?? false).toBe(over !== -1);
        },
      ),
      many,
    );
  });

  it("for any stream and any event, a stop from inside the sink is the last that the sink hears", () => {
    fc.assert(
      fc.property(anyStream, arbitraries.chunking(), fc.nat({ max: 10 }), ({ frames, bytes }, how, stopAt) => {
        const seen: Frame[] = [];
        const take = (frame: Frame): void => {
          seen.push(frame);
          if (seen.length === stopAt) decoder.stop();
        };
        const decoder = createEventDecoder({ unit: "line" }, { event: take, envelope: take });
        for (const chunk of cutInto(bytes, how)) decoder.push(chunk);
        decoder.end();
        expect(seen).toEqual(stopAt === 0 ? frames : frames.slice(0, stopAt));
      }),
      many,
    );
  });
});
