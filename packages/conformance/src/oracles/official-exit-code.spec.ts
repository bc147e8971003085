import { describe, expect, it } from "vitest";
import { officialExitCode } from "./official-exit-code.js";

const error = (value: string): Parameters<typeof officialExitCode>[0]["error"] => ({
  name: "CommandExecError",
  value,
  traceback: [],
});
const complete = { executionTimeMs: 0 };

describe("officialExitCode", () => {
  it.each<[string, number | null]>([
    ["0", 0],
    ["3", 3],
    ["255", 255],
    ["-1", -1],
    [" 3\n", 3],
    ["\t-15 ", -15],
    ["2147483647", 2147483647],
    ["007", 7],
    ["-0", 0],
    ["9".repeat(400), null],
    ["", null],
    [" ", null],
    ["3 4", null],
    ["3.0", null],
    ["1e3", null],
    ["0x10", null],
    ["+3", null],
    ["- 3", null],
    ["exit 3", null],
    ["3\nfoo", null],
    ["３", null],
  ])("of an error with the value %j is %j, complete or not", (value, code) => {
    expect(officialExitCode({ error: error(value), complete: null })).toBe(code);
    expect(officialExitCode({ error: error(value), complete })).toBe(code);
  });

  it("is 0 for a completion alone and null for nothing", () => {
    expect(officialExitCode({ error: null, complete })).toBe(0);
    expect(officialExitCode({ error: null, complete: null })).toBeNull();
  });
});
