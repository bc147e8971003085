import { reasonText } from "../../model/reason-code.js";
import type { CheckResult } from "../run/check-result.js";
import type { Baseline } from "./baseline.js";

/** How a run compares with a baseline. */
export interface BaselineOutcome {
  readonly name: string;
  /** Checks whose failure an entry names. */
  readonly covered: readonly string[];
  /** Stale and expired entries, in words; any of them fails the run. */
  readonly invalid: readonly string[];
}

/**
 * Compares failures with the known ones. An `always` entry is stale only when its check ran and did not fail that way.
 */
export function matchBaseline(baseline: Baseline, results: readonly CheckResult[], today: string): BaselineOutcome {
  const covered: string[] = [];
  const invalid: string[] = [];
  for (const entry of baseline.entries) {
    const result = results.find((candidate) => candidate.check === entry.check);
    if (entry.expires < today) invalid.push(`${entry.check} (${entry.reason}) expired on ${entry.expires}`);
    if (result === undefined) continue;
    const { verdict } = result;
    const isHit =
      (verdict.status === "fail" || verdict.status === "warn") && reasonText(verdict.reason) === entry.reason;
    if (isHit && entry.expires >= today) covered.push(entry.check);
    else if (!isHit && entry.occurs === "always" && (verdict.status === "pass" || verdict.status === "fail")) {
      invalid.push(`${entry.check} (${entry.reason}) no longer fails that way`);
    }
  }
  return { name: baseline.name, covered, invalid };
}
