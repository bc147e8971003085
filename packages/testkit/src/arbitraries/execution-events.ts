import type {
  ErrorEvent,
  ExecutionCompleteEvent,
  ExecutionCountEvent,
  ExecutionEvent,
  InitEvent,
  OutputEvent,
  PingEvent,
  ResultEvent,
  StatusEvent,
  TextUnit,
  UnknownEvent,
} from "@rxsandbox/protocol";
import fc from "fast-check";

/** Unix milliseconds as a daemon sends them, 0 and far ones included. */
const timestamp = (): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }) },
    { weight: 1, arbitrary: fc.nat({ max: Number.MAX_SAFE_INTEGER }) },
  );

/**
 * Text that programs print: ASCII, characters of two to four bytes, everything that JSON has to escape, and things that
 * look like framing. No lone surrogates: they are no Unicode text and do not survive UTF-8.
 */
export function outputText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.string({ maxLength: 20 }) },
    { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "ä",
        "€",
        "😀",
        "\\",
        '"',
        "\n",
        "\r",
        "\u0000",
        "\u001b[31m",
        "<&>",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\ufffd",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("data: x", ": c", '{"type":"ping"}', '","timestamp":1}', '"}', "\\u0041", "%"),
    },
  );
  return fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(""));
}

export function initEvent(): fc.Arbitrary<InitEvent> {
  const id = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 32, maxLength: 32 }),
    fc.uuid(),
  );
  return fc.record({ type: fc.constant("init" as const), id, timestamp: timestamp() });
}

/** One text event; `"\n"` is the blank line of a command (`execd.md` 2.3). */
export function outputEvent(unit: TextUnit): fc.Arbitrary<OutputEvent> {
  const text = fc.oneof(
    { weight: 5, arbitrary: outputText().filter((value) => value !== "") },
    { weight: 1, arbitrary: fc.constant("\n") },
  );
  return fc.record({
    type: fc.constantFrom("stdout" as const, "stderr" as const),
    text,
    unit: fc.constant(unit),
    timestamp: timestamp(),
  });
}

export function pingEvent(): fc.Arbitrary<PingEvent> {
  return fc.record({ type: fc.constant("ping" as const), timestamp: timestamp() });
}

export function resultEvent(): fc.Arbitrary<ResultEvent> {
  const results = fc.dictionary(
    fc.constantFrom("text", "text/html", "image/png", "application/json"),
    fc.oneof(outputText(), fc.jsonValue({ maxDepth: 2 })),
  );
  return fc.record({ type: fc.constant("result" as const), results: results.map(throughJson), timestamp: timestamp() });
}

/** Any error: an exit code, a signal, a failed start, an exception (`execd.md` 2.4). */
export function errorEvent(): fc.Arbitrary<ErrorEvent> {
  const exited = fc
    .integer({ min: 1, max: 255 })
    .map((code) => ({ name: "CommandExecError", value: String(code), traceback: [`exit status ${code}`] }));
  const signalled = fc
    .constantFrom("killed", "terminated", "segmentation fault")
    .map((name) => ({ name: "CommandExecError", value: "-1", traceback: [`signal: ${name}`] }));
  const free = fc.record({
    name: fc.constantFrom("NameError", "DBInitError", "CommandExecError"),
    value: outputText(),
    traceback: fc.array(outputText(), { maxLength: 2 }),
  });
  return fc.record({
    type: fc.constant("error" as const),
    error: fc.oneof(exited, signalled, free),
    timestamp: timestamp(),
  });
}

export function executionCompleteEvent(): fc.Arbitrary<ExecutionCompleteEvent> {
  return fc.record({
    type: fc.constant("execution_complete" as const),
    executionTimeMs: fc.nat({ max: 86_400_000 }),
    timestamp: timestamp(),
  });
}

export function statusEvent(): fc.Arbitrary<StatusEvent> {
  return fc.record({
    type: fc.constant("status" as const),
    text: fc.constantFrom("error", "idle"),
    timestamp: timestamp(),
  });
}

export function executionCountEvent(): fc.Arbitrary<ExecutionCountEvent> {
  return fc.record({
    type: fc.constant("execution_count" as const),
    executionCount: fc.integer({ min: 1, max: 10_000 }),
    timestamp: timestamp(),
  });
}

/** An event of a type that no version of this library knows. */
export function unknownEvent(): fc.Arbitrary<UnknownEvent> {
  return fc
    .record({
      wireType: fc.constantFrom("display_data", "progress", "x", "unknown"),
      data: fc.jsonValue({ maxDepth: 2 }),
      timestamp: timestamp(),
    })
    .map((parts) => ({
      type: "unknown" as const,
      wireType: parts.wireType,
      raw: throughJson({ type: parts.wireType, data: parts.data, timestamp: parts.timestamp }),
      timestamp: parts.timestamp,
    }));
}

/** Any event of a stream whose text events have the given unit. */
export function executionEvent(unit: TextUnit): fc.Arbitrary<ExecutionEvent> {
  return fc.oneof(
    { weight: 6, arbitrary: outputEvent(unit) as fc.Arbitrary<ExecutionEvent> },
    { weight: 2, arbitrary: pingEvent() },
    ...[
      initEvent(),
      resultEvent(),
      errorEvent(),
      executionCompleteEvent(),
      statusEvent(),
      executionCountEvent(),
      unknownEvent(),
    ].map((arbitrary) => ({ weight: 1, arbitrary })),
  );
}

/** What is left after a round trip through JSON: no `-0`. */
function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
