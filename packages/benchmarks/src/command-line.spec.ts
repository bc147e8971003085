import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.js";

const ids = ["P1", "P2", "P3"];

describe("parseCommandLine", () => {
  it("measures everything in five rounds by default", () => {
    expect(parseCommandLine([], ids)).toEqual({ rounds: 5, only: [], json: false });
  });

  it("takes rows, rounds and JSON", () => {
    expect(parseCommandLine(["P1", "--rounds", "7", "P3", "--json"], ids)).toEqual({
      rounds: 7,
      only: ["P1", "P3"],
      json: true,
    });
  });

  it.each([[["--rounds", "0"]], [["--rounds", "x"]], [["P9"]], [["--fast"]]])("refuses %j", (args) => {
    expect(() => parseCommandLine(args, ids)).toThrow();
  });
});
