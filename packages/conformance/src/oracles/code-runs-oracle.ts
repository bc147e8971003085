import type { OracleFinding } from "./finding.js";
import { isEnd, nameOf } from "./stream-item.js";
import type { ReadStream } from "./stream-oracle.js";

/** What repeated runs of one piece of code show; each of the counts is out of `runs`. */
export interface CodeRunFacts {
  readonly runs: number;
  /** Runs with frames other than pings after the first end. */
  readonly framesAfterEnd: number;
  readonly missingResults: number;
}

/**
 * Judges runs of one piece of code that has a result (`execd.md` 2.4, `divergences.md` X03): a real daemon loses about
 * one result in a hundred, so missing results are red only when no run had one.
 */
export function judgeCodeRuns(runs: readonly Pick<ReadStream, "items">[]): {
  readonly facts: CodeRunFacts;
  readonly findings: readonly OracleFinding[];
} {
  const missing = runs.filter(({ items }) => !items.some((item) => nameOf(item) === "result")).length;
  const late = runs.filter(({ items }) => {
    const end = items.findIndex(isEnd);
    return end !== -1 && items.slice(end + 1).some((item) => nameOf(item) !== "ping");
  }).length;
  const facts = { runs: runs.length, framesAfterEnd: late, missingResults: missing };
  if (missing === 0) return { facts, findings: [] };
  const observed = `missing in ${missing} of ${runs.length} runs`;
  return {
    facts,
    findings: [
      {
        clause: "execd.code.result",
        invariant: "result-missing",
        level: missing === runs.length ? "MUST" : "INFO",
        expected: "a result frame",
        observed,
      },
    ],
  };
}

/** How a code run ended: an error wins over a completion in either order (`execd.md` 2.4). */
export function codeOutcome({ items }: Pick<ReadStream, "items">): "error" | "complete" | "envelope" | "unknown" {
  const names = items.map(nameOf);
  if (names.includes("envelope")) return "envelope";
  if (names.includes("error")) return "error";
  return names.includes("execution_complete") ? "complete" : "unknown";
}
