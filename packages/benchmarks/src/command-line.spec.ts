import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.js";

const ids = ["P1", "P2", "P2", "P3"];

describe("parseCommandLine", () => {
  it("measures everything in five rounds by default", () => {
    expect(parseCommandLine([], ids)).toEqual({ rounds: 5, only: [], json: false });
  });

  it("takes rounds, rows and JSON", () => {
    expect(parseCommandLine(["--rounds", "7", "--only", "P1,P3", "--only=P2", "--json"], ids)).toEqual({
      rounds: 7,
      only: ["P1", "P3", "P2"],
      json: true,
    });
  });

  it.each([["--rounds", "0"], ["--rounds", "x"], ["--only", "P9"], ["--fast"]])("refuses %s %s", (...args) => {
    expect(() =>
      parseCommandLine(
        args.filter((arg) => arg !== undefined),
        ids,
      ),
    ).toThrow();
  });
});
