import { describe, expect, it } from "vitest";
import type { Decoded, DecodedItem } from "./parsers/decoded.js";
import { judgeDecoded } from "./decode-oracle.js";

const event = (type: string, fields: Record<string, unknown> = {}): DecodedItem => ({ event: { type, ...fields } });
const [init, out, end] = [event("init", { text: "c" }), event("stdout", { text: "a" }), event("execution_complete")];
const envelope: DecodedItem = { envelope: { code: "C", message: "m" } };
const malformed: DecodedItem = { malformed: true };

function reason(
  expected: readonly DecodedItem[],
  observed: readonly DecodedItem[],
  ended: Decoded["ended"] = "complete",
  wanted: readonly Decoded["ended"][] = ["complete"],
): string {
  const findings = judgeDecoded("rule.decode.items", { items: expected, ended: wanted }, { items: observed, ended });
  return findings.map(({ invariant, at }) => `${invariant}${at === undefined ? "" : ` ${at}`}`).join(", ");
}

describe("judgeDecoded", () => {
  it("compares by value", () => {
    expect(reason([init, out, end], [init, out, end])).toBe("");
    expect(
      reason(
        [event("x", { a: 1, b: { c: [1, null], d: 2 } })],
        [{ event: { b: { d: 2, c: [1, null] }, a: 1, type: "x" } }],
      ),
    ).toBe("");
    expect(
      reason([event("error", { error: { traceback: null } })], [event("error", { error: { traceback: [] } })]),
    ).toBe("");
    expect(reason([{ envelope: { code: "C" } }], [{ envelope: { code: "C", message: "" } }])).toBe("");
  });

  it.each<[string, readonly DecodedItem[], readonly DecodedItem[], string]>([
    ["a lost frame", [init, out, end], [init, end], "frame-lost item 2"],
    ["a lost last frame", [init, end], [init], "frame-lost item 2"],
    ["a frame too many", [init, end], [init, out, end], "frame-invented item 2"],
    ["a frame after the last", [init], [init, end], "frame-invented item 2"],
    ["a malformed frame that vanished", [init, malformed, end], [init, end], "malformed-hidden item 2"],
    ["a malformed frame as an event", [init, malformed], [init, event("x")], "malformed-hidden item 2"],
    ["an envelope as an event", [init, envelope], [init, event("x")], "envelope-unclassified item 2"],
    ["an event as another one", [init, out], [init, end], "frame-misread item 2"],
    ["an event as malformed", [init, out], [init, malformed], "frame-misread item 2"],
    ["a changed event", [init, out], [init, event("stdout", { text: "b" })], "event-changed item 2"],
    ["frames in another order", [init, out, end], [init, end, out], "frame-misread item 2"],
  ])("finds %s", (_, expected, observed, wanted) => expect(reason(expected, observed)).toBe(wanted));

  it("lets a parser stop at a malformed frame, with what came before it", () => {
    expect(reason([init, malformed, end], [init], "error")).toBe("");
    expect(reason([init, malformed, end], [init, malformed], "error")).toBe("");
    expect(reason([init, malformed, end], [init, malformed, end])).toBe("");
    expect(reason([init, out, malformed, end], [init], "error")).toBe("frame-lost item 2");
    expect(reason([init, malformed, end], [init, malformed, end], "error")).toBe("frame-invented item 3");
    expect(reason([init, end], [init], "error")).toBe("frame-lost item 2");
  });

  it("finds the wrong kind of end, and a refusal", () => {
    expect(reason([init], [init], "complete", ["truncated", "error"])).toBe("ended");
    expect(reason([init], [init], "error", ["truncated", "error"])).toBe("");
    expect(judgeDecoded("c", { items: [init], ended: ["complete"] }, { refused: "too large" })).toEqual([
      { clause: "c", invariant: "refused", level: "MUST", expected: "items", observed: "refused: too large" },
    ]);
  });
});
