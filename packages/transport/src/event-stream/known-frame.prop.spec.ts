import { toWireEvent, type ExecutionEvent } from "@rxsandbox/protocol";
import { arbitraries } from "@rxsandbox/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { knownFrame } from "./known-frame.js";
import { parseFrame } from "./parse-frame.js";

/** The general path: an event, or `undefined` for whatever else it finds. */
function plain(frame: string): ExecutionEvent | undefined {
  try {
    const parsed = parseFrame(frame, "line");
    return parsed !== undefined && "event" in parsed ? parsed.event : undefined;
  } catch {
    return undefined;
  }
}

const frame = fc
  .oneof(
    { weight: 3, arbitrary: arbitraries.outputEvent("line") as fc.Arbitrary<ExecutionEvent> },
    { weight: 1, arbitrary: arbitraries.pingEvent() },
    { weight: 1, arbitrary: arbitraries.executionEvent("line") },
  )
  .map((event) => JSON.stringify(toWireEvent(event)));

const scrap = fc.oneof(
  fc.constantFrom(
    '"',
    "\\",
    "{",
    "}",
    ",",
    ":",
    " ",
    "\t",
    "\u0000",
    "\u001f",
    "\u007f",
    "0",
    "-",
    ".",
    "e",
    "\\u00",
    "\\x",
    "\ufeff",
    "\ud800",
  ),
  fc.constantFrom(
    '"text":"b",',
    ',"text":"c"',
    '"type":"stderr",',
    ',"error":null',
    '","timestamp":2}',
    ',"timestamp":',
    '{"type":"stdout","text":"',
    "00",
    "9".repeat(17),
  ),
  fc.string({ unit: "binary", maxLength: 3 }),
);

/** Cuts, inserts, doubles and replaces. */
const mutated = fc
  .tuple(frame, fc.array(fc.tuple(fc.nat({ max: 999 }), fc.nat({ max: 4 }), scrap), { maxLength: 3 }))
  .map(([whole, edits]) =>
    edits.reduce((text, [where, drop, insert]) => {
      const at = Math.floor((where * (text.length + 1)) / 1000);
      return text.slice(0, at) + insert + text.slice(at + drop);
    }, whole),
  );

describe("knownFrame", () => {
  it("for any frame, whole or damaged, says what the general path says or nothing", () => {
    fc.assert(
      fc.property(mutated, fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), (text, before, after) => {
        const known = knownFrame(before + text + after, before.length, before.length + text.length, "line");
        if (known !== undefined) expect(known).toEqual(plain(text));
      }),
      { numRuns: 10_000 },
    );
  });

  it("for any text event or ping as the daemon writes it, knows it", () => {
    const usual = fc
      .oneof(arbitraries.outputEvent("line"), arbitraries.pingEvent())
      .filter((event) => event.timestamp > 0 && event.timestamp < 1e15);
    fc.assert(
      fc.property(usual, (event) => {
        const text = JSON.stringify(toWireEvent(event));
        expect(knownFrame(text, 0, text.length, "line")).toEqual(event);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '{"type":"stdout","text":"a","text":"b","timestamp":1}',
    '{"type":"stdout","text":"a","timestamp":01}',
    '{"type":"stdout","text":"a","timestamp":}',
    '{"type":"stdout","text":"a","timestamp":-1}',
    '{"type":"stdout","text":"a","timestamp":12345678901234567}',
    '{"type":"stdout","text":","timestamp":1}',
    '{"type":"stdout","text":"a\\","timestamp":1}',
    '{"type":"stdout","text":"a\tb","timestamp":1}',
    '{"type":"ping","text":"pong"}',
    '{"type":"ping","text":"pong","timestamp":1}}',
    '{"type":"ping","text":"pong",,"timestamp":1}',
    '{"type":"stdxxx","text":"a","timestamp":1}',
    "",
  ])("leaves %s to the general path", (text) => {
    expect(knownFrame(text, 0, text.length, "line")).toBeUndefined();
  });
});
