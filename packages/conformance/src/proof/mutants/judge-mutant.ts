import type { Check } from "../../model/check.js";
import { reasonText } from "../../model/reason-code.js";
import type { Verdict } from "../../model/verdict.js";
import { verdictText } from "../../model/verdict-text.js";
import type { ConformanceReport } from "../../engine/run/conformance-report.js";
import type { ConformanceOptions } from "../../engine/run/conformance-options.js";
import { finalReport } from "../../engine/run/final-report.js";
import type { ServerSubject } from "../../model/subject.js";
import type { ServerMutant } from "./server-mutant.js";
import { onMutant } from "./on-mutant.js";

/** What the suite made of a mutant. */
export interface MutantJudgement {
  readonly mutant: string;
  /** The named check failed for the named reason. */
  readonly isKilled: boolean;
  /** `status clause/invariant` of the named check. */
  readonly verdict: string;
  /** Every other check that failed, by id. */
  readonly alsoFailed: readonly string[];
  /** Checks that failed and are declared nowhere, with their verdicts. */
  readonly unexpected: readonly string[];
  readonly report: ConformanceReport;
}

/** What a mutant is judged with; equal for the mutant and its control. */
export interface JudgeOptions extends Pick<ConformanceOptions, "depth" | "seed" | "concurrency"> {
  readonly checks: readonly Check[];
}

/** Runs the checks against a mutant of the given server. Rejects when the run itself breaks. */
export async function judgeMutant(
  mutant: ServerMutant,
  server: ServerSubject,
  options: JudgeOptions,
): Promise<MutantJudgement> {
  const report = await onMutant(mutant, server, (subject) => finalReport(subject, options));
  const named = report.results.find(({ check }) => check === mutant.check);
  const verdict = named === undefined ? "not run" : verdictText(named.verdict);
  const others = report.results.filter(({ check, verdict: { status } }) => check !== mutant.check && isRed(status));
  return {
    mutant: mutant.id,
    isKilled: verdict === `fail ${reasonText(mutant.reason)}`,
    verdict,
    alsoFailed: others.map(({ check }) => check),
    unexpected: others
      .filter(({ check, verdict: { status } }) => status === "error" || !mutant.alsoFails.includes(check))
      .map(({ check, verdict }) => `${check}: ${verdictText(verdict)}`),
    report,
  };
}

/** Runs the checks against the server behind a gateway; without an alteration this is the control of a mutant. */
export async function judgeAltered(
  server: ServerSubject,
  alteration: ServerMutant["alteration"],
  options: JudgeOptions,
): Promise<ConformanceReport> {
  return onMutant({ alteration }, server, (subject) => finalReport(subject, options));
}

function isRed(status: Verdict["status"]): boolean {
  return status === "fail" || status === "error";
}
