import { describe, expect, it } from "vitest";
import { findJsonError } from "./json-error.js";

describe("findJsonError", () => {
  it.each([
    ["{", 1, "Expecting property name enclosed in double quotes"],
    ['{"image":', 9, "Expecting value"],
    ['{"a":1} x', 8, "Extra data"],
    ['{"a" 1}', 5, "Expecting ':' delimiter"],
    ["[1 2]", 3, "Expecting ',' delimiter"],
    ['["abc', 1, "Unterminated string starting at"],
    ['["a\\q"]', 3, "Invalid \\escape"],
    ["\u00ff", 0, "Expecting value"],
  ])("finds in %s the error at %i: %s", (source, position, message) => {
    expect(findJsonError(source)).toEqual({ position, message });
  });

  it("does not run out of stack on deep nesting", () => {
    expect(findJsonError("[".repeat(200_000)).message).toBe("Expecting value");
  });
});
