import type { Check, Depth } from "../../model/check.js";
import type { CheckResult } from "../run/check-result.js";
import { type BaselineOutcome, matchBaseline } from "./match-baseline.js";
import type { Baseline } from "./baseline.js";

/**
 * How a run ends as a process: 0 conformant (or no regression), 1 not conformant, 2 inconclusive, 3 usage,
 * 4 subject unreachable, 5 fault of the suite.
 */
export type ProcessExit = 0 | 1 | 2 | 3 | 4 | 5;

/** Which of several reasons wins. */
const PRECEDENCE: readonly ProcessExit[] = [3, 5, 4, 1, 2, 0];

/** The one exit code of several reasons: 3 over 5 over 4 over 1 over 2 over 0. */
export function strongestExit(reasons: readonly ProcessExit[]): ProcessExit {
  return PRECEDENCE.find((code) => reasons.includes(code)) ?? 2;
}

/** What a whole run says about its subject. */
export interface Conclusion {
  readonly outcome:
    "conformant" | "not-conformant" | "no-regression" | "inconclusive" | "unreachable" | "harness-fault";
  readonly exitCode: ProcessExit;
  /** One line for people, with the name of the profile. */
  readonly text: string;
  /** Why it is inconclusive or worse, one line each. */
  readonly reasons: readonly string[];
  /** MUST checks that the profile leaves out. */
  readonly leftOut: readonly string[];
  readonly baseline?: BaselineOutcome;
}

/** What a conclusion is drawn from. */
export interface ConclusionInput {
  readonly depth: Depth;
  /** Names of the profile's capabilities when it is not all of them. */
  readonly capabilities?: readonly string[];
  /** Only checks of this filter were to run. */
  readonly filter?: string;
  /** Only this part of the checks was to run. */
  readonly shard?: { readonly index: number; readonly of: number };
  readonly results: readonly CheckResult[];
  /** Every check that the subject's kind could run. */
  readonly known: readonly Pick<Check, "id" | "level">[];
  readonly isReachable: boolean;
  readonly isCutShort: boolean;
  /** Why the runner itself could not go on. */
  readonly fault?: string;
  readonly selfCheck?: "valid" | "void";
  readonly baseline?: Baseline;
  readonly gate?: "conformance" | "regressions";
  /** Today, for baseline entries that expire. */
  readonly today: string;
}

/** Draws the conclusion of a run; nothing that was not seen counts as good. */
export function conclude(input: ConclusionInput): Conclusion {
  const { results } = input;
  const profile = profileOf(input);
  const ran = new Set(results.map((result) => result.check));
  const leftOut = input.known.filter((check) => check.level === "MUST" && !ran.has(check.id)).map((check) => check.id);
  const of = (...statuses: readonly string[]): readonly CheckResult[] =>
    results.filter((result) => statuses.includes(result.verdict.status));
  const failures = of("fail");
  const baseline = input.baseline === undefined ? undefined : matchBaseline(input.baseline, results, input.today);
  const fresh =
    baseline === undefined ? failures : failures.filter((result) => !baseline.covered.includes(result.check));
  const faults = of("error");
  const open = of("unverified", "blocked").filter((result) => result.level === "MUST");
  const flaky = of("flaky").filter((result) => result.level === "MUST");

  const codes: ProcessExit[] = [];
  const reasons: string[] = [];
  const say = (code: ProcessExit, text: string): void => {
    codes.push(code);
    reasons.push(text);
  };
  if (faults.length > 0) say(5, `${count(faults, "check")} ended in a fault of the suite: ${names(faults)}`);
  if (input.fault !== undefined) say(5, `the suite could not go on: ${input.fault}`);
  if (!input.isReachable && input.fault === undefined) say(4, "the subject does not answer");
  if (fresh.length > 0) say(1, `${count(fresh, "check")} failed: ${names(fresh)}`);
  if (baseline !== undefined && baseline.invalid.length > 0)
    say(1, `the baseline is out of date: ${baseline.invalid.join("; ")}`);
  const known = failures.length - fresh.length;
  if (known > 0 && input.gate !== "regressions")
    say(1, `${known} of the failures are in the baseline, which excuses none`);
  if (open.length > 0) say(2, `${count(open, "MUST check")} could not be verified: ${names(open)}`);
  if (flaky.length > 0) say(2, `${count(flaky, "MUST check")} flaky: ${names(flaky)}`);
  if (results.every((result) => result.verdict.status === "not-applicable"))
    say(2, ran.size === 0 ? "no check ran" : "no check applied");
  if (input.isCutShort) say(2, "the run was ended before its checks were done");
  if (input.selfCheck === "void") say(2, "the self-check is void: its faults were not caught");
  const exitCode = codes.length === 0 ? 0 : strongestExit(codes);
  const outcome = outcomeOf(exitCode, known);
  return {
    outcome,
    exitCode,
    text: `${outcomeText(outcome)}: ${profile}`,
    reasons,
    leftOut,
    ...(baseline === undefined ? {} : { baseline }),
  };
}

/** What the conclusion speaks for: depth, capabilities, and the part of their checks when it is not all of them. */
function profileOf({ depth, capabilities = [], filter, shard }: ConclusionInput): string {
  return [
    depth,
    ...capabilities,
    ...(filter === undefined ? [] : [`filter ${filter}`]),
    ...(shard === undefined ? [] : [`shard ${shard.index}/${shard.of}`]),
  ].join(", ");
}

function outcomeOf(exitCode: ProcessExit, known: number): Conclusion["outcome"] {
  if (exitCode === 0) return known > 0 ? "no-regression" : "conformant";
  return exitCode === 1
    ? "not-conformant"
    : exitCode === 4
      ? "unreachable"
      : exitCode === 5
        ? "harness-fault"
        : "inconclusive";
}

function outcomeText(outcome: Conclusion["outcome"]): string {
  const texts: Readonly<Record<Conclusion["outcome"], string>> = {
    conformant: "conformant",
    "not-conformant": "not conformant",
    "no-regression": "not conformant, no regression",
    inconclusive: "inconclusive",
    unreachable: "subject unreachable",
    "harness-fault": "fault of the suite",
  };
  return texts[outcome];
}

function count(results: readonly CheckResult[], what: string): string {
  return `${results.length} ${what}${results.length === 1 ? "" : "s"}`;
}

function names(results: readonly CheckResult[]): string {
  const shown = results.slice(0, 5).map((result) => result.check);
  return `${shown.join(", ")}${results.length > shown.length ? `, and ${results.length - shown.length} more` : ""}`;
}
