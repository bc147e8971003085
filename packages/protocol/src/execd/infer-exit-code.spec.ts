import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inferExitCode } from "./infer-exit-code.js";

describe("inferExitCode", () => {
  it.each([
    ["3", 3],
    ["255", 255],
    ["-1", -1],
    [" 7\n", 7],
    ["\t0 ", 0],
    ["007", 7],
    ["-0", 0],
    ["", null],
    [" ", null],
    ["+3", null],
    ["3.0", null],
    ["1e3", null],
    ["0x10", null],
    ["--1", null],
    ["3 4", null],
    ["٣", null],
    ["fork/exec /usr/bin/bash: operation not permitted", null],
    ["9".repeat(400), null],
    [`-${"9".repeat(400)}`, null],
  ])("reads the error value %j as %j", (value, code) => {
    expect(inferExitCode({ error: { value }, complete: false })).toBe(code);
    expect(inferExitCode({ error: { value }, complete: true })).toBe(code);
  });

  it("is 0 for a completion without error and unknown without either", () => {
    for (const error of [undefined, null]) {
      expect(inferExitCode({ error, complete: true })).toBe(0);
      expect(inferExitCode({ error, complete: false })).toBeNull();
    }
  });

  it("for any text, is the number that its characters spell, or null", () => {
    const padding = fc.string({ unit: fc.constantFrom(" ", "\t", "\n") });
    const body = fc.oneof(
      fc.integer().map(String),
      fc.string({ unit: fc.constantFrom("-", "0", "1", "9", " ", ".", "a") }),
      fc.string(),
    );
    fc.assert(
      fc.property(padding, body, padding, fc.boolean(), (before, value, after, complete) => {
        expect(inferExitCode({ error: { value: before + value + after }, complete })).toBe(spelled(value.trim()));
      }),
      { numRuns: 2000 },
    );
  });
});

/** Reads digit by digit, without regular expressions or `Number`. */
function spelled(text: string): number | null {
  const digits = text.startsWith("-") ? text.slice(1) : text;
  if (digits === "") return null;
  let value = 0;
  for (const char of digits) {
    const digit = "0123456789".indexOf(char);
    if (digit === -1) return null;
    value = value * 10 + digit;
  }
  return value === 0 ? 0 : text.startsWith("-") ? -value : value;
}
