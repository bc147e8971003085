import fc from "fast-check";
import type { Frame } from "../../oracles/parsers/decoded.js";

/**
 * Frames as every server writes them: fields of the documented types, none of them empty or zero, so that a parser with
 * typed events can give them back.
 */
const stamp = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });
const word = fc
  .string({ unit: fc.constantFrom(..."abcdefghij XYZ0123456789.,-_"), maxLength: 12 })
  .map((text) => `w${text}.`);
const id = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 32, maxLength: 32 });

/** Text with characters of two to four bytes, at least one. */
export const wideText = fc
  .tuple(
    fc.array(fc.constantFrom("ä", "é", "€", "你", "好", "😀", "👩‍👩‍👧", "e\u0301", "a", "b c"), { maxLength: 8 }),
    fc.constantFrom("ü", "€", "𝄞", "😀"),
  )
  .map(([parts, last]) => parts.join("") + last);

/** The first frame of a stream. */
export const initFrame: fc.Arbitrary<Frame> = fc.record({ type: fc.constant("init"), text: id, timestamp: stamp });

/** A text event; of standard output unless said otherwise, since most claims are not about which it is. */
export function outputFrame(
  text: fc.Arbitrary<string> = word,
  streams: readonly ("stdout" | "stderr")[] = ["stdout"],
): fc.Arbitrary<Frame> {
  return fc.record({ type: fc.constantFrom(...streams), text, timestamp: stamp });
}

export const pingFrame: fc.Arbitrary<Frame> = stamp.map((timestamp) => ({ type: "ping", text: "pong", timestamp }));

export const completeFrame: fc.Arbitrary<Frame> = fc.record({
  type: fc.constant("execution_complete"),
  execution_time: fc.integer({ min: 1, max: 86_400_000 }),
  timestamp: stamp,
});

/** An error as a command, a signal or a kernel gives it. */
export const errorFrame: fc.Arbitrary<Frame> = fc.record({
  type: fc.constant("error"),
  timestamp: stamp,
  error: fc.record({
    ename: fc.constantFrom("CommandExecError", "NameError", "DBInitError"),
    evalue: fc.oneof(fc.integer({ min: -1, max: 255 }).map(String), word),
    traceback: fc.option(fc.array(word, { minLength: 1, maxLength: 3 })),
  }),
});

/** A frame of any documented type but `init`. */
export const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 5, arbitrary: outputFrame(fc.oneof(word, wideText), ["stdout", "stderr"]) },
  { weight: 2, arbitrary: pingFrame },
  { weight: 1, arbitrary: completeFrame },
  { weight: 1, arbitrary: errorFrame },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("result"),
      timestamp: stamp,
      results: fc.record({ text: word, "text/html": word }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("execution_count"),
      execution_count: fc.integer({ min: 1, max: 9999 }),
      timestamp: stamp,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("status"), text: fc.constant("error"), timestamp: stamp }) },
);

/** A run: `init`, some frames, a completion. */
export function runOf(
  middle: fc.Arbitrary<Frame> = outputFrame(),
  bounds: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<readonly Frame[]> {
  const { minLength = 1, maxLength = 4 } = bounds;
  return fc
    .tuple(initFrame, fc.array(middle, { minLength, maxLength }), completeFrame)
    .map(([init, frames, end]) => [init, ...frames, end]);
}
