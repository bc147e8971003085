import { describe, expect, it } from "vitest";
import { formatOutcomes, type Outcome } from "./format-outcomes.js";

const outcome = (subject: string, access: "direct" | "proxy", number: number, failure?: string): Outcome => ({
  number,
  name: `behaviour ${number}`,
  subject,
  access,
  ms: 1,
  ...(failure !== undefined && { failure }),
});

describe("formatOutcomes", () => {
  it("has a row for each behaviour, a column for each subject and way, and tells what failed and what is left out", () => {
    const text = formatOutcomes(
      [outcome("a", "direct", 2), outcome("a", "direct", 1), outcome("b", "proxy", 2, "differs")],
      [{ number: 3, what: "walls", reason: "no wall" }],
    );
    expect(text.split("\n")).toEqual([
      "| # | Behaviour   | a direct | b proxy |",
      "|---|-------------|----------|---------|",
      "| 1 | behaviour 1 | pass     | -       |",
      "| 2 | behaviour 2 | pass     | FAIL    |",
      "",
      "FAIL 2 b proxy: differs",
      "",
      "2 passed, 1 failed",
      "not covered: 3, walls: no wall",
    ]);
  });
});
