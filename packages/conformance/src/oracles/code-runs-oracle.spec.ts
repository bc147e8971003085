import { describe, expect, it } from "vitest";
import type { DecodedItem } from "./parsers/decoded.js";
import { codeOutcome, judgeCodeRuns } from "./code-runs-oracle.js";

const event = (type: string): DecodedItem => ({ event: { type } });
const good = { items: [event("init"), event("result"), event("execution_complete")] };
const late = { items: [event("init"), event("execution_complete"), event("result"), event("ping")] };
const lost = { items: [event("init"), event("execution_complete"), event("ping")] };

describe("judgeCodeRuns", () => {
  it("passes results before and after the end, and counts the latter", () => {
    expect(judgeCodeRuns([good, late, late])).toEqual({
      facts: { runs: 3, framesAfterEnd: 2, missingResults: 0 },
      findings: [],
    });
  });

  it("reports results that are missing in some runs, and is red when all are", () => {
    expect(judgeCodeRuns([good, lost, good]).findings).toEqual([
      expect.objectContaining({ level: "INFO", observed: "missing in 1 of 3 runs" }),
    ]);
    expect(judgeCodeRuns([lost, lost]).findings).toEqual([
      expect.objectContaining({ invariant: "result-missing", level: "MUST", observed: "missing in 2 of 2 runs" }),
    ]);
  });
});

describe("codeOutcome", () => {
  it("lets an error win in either order, and takes silence for no success", () => {
    expect(codeOutcome({ items: [event("error"), event("execution_complete")] })).toBe("error");
    expect(codeOutcome({ items: [event("execution_complete"), event("error")] })).toBe("error");
    expect(codeOutcome(good)).toBe("complete");
    expect(codeOutcome({ items: [event("execution_complete"), { envelope: {} }] })).toBe("envelope");
    expect(codeOutcome({ items: [event("init")] })).toBe("unknown");
  });
});
