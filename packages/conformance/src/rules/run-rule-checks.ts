import { ruleChecks } from "./checks/rule-checks.js";
import type { RuleSubject } from "../model/subject.js";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Level } from "../model/check.js";
import type { OracleFinding } from "../oracles/finding.js";
import { endsInCr, splitsCharacter } from "./checks/cutters.js";
import { readAnswer } from "./read-answer.js";
import type { RuleCase, RuleCheck } from "./rule-check.js";
import { RuleFault } from "./rule-fault.js";
import type { RuleAnswer, RuleRequest } from "./rule-port.js";

/** Judges a rule by every check, or by those whose id begins with `filter`, one after the other. */
export async function runRuleChecks(
  subject: RuleSubject,
  options: RuleRunOptions & { readonly filter?: string },
): Promise<readonly RuleCheckResult[]> {
  const results: RuleCheckResult[] = [];
  for (const check of ruleChecks)
    if (check.id.startsWith(options.filter ?? "")) results.push(await runRuleCheck(check, subject, options));
  return results;
}

export interface RuleRunOptions {
  /** Fixes every case. */
  readonly seed: number;
  /** Cases of each check; a check of large cases takes fewer. Default 1,000. */
  readonly runs?: number;
  /** Whether a red case is made smaller before it is reported. Default true. */
  readonly isShrunk?: boolean;
}

/** What became of one check. */
export interface RuleCheckResult {
  readonly id: string;
  readonly level: Level;
  /** `error` is a fault of the harness or of the adapter: no verdict about the rule. */
  readonly status: "pass" | "fail" | "warn" | "info" | "not-applicable" | "error";
  /** The first thing that did not hold, in the smallest case found. */
  readonly finding?: OracleFinding;
  /** What was asked in that case. */
  readonly requests?: readonly RuleRequest[];
  readonly message?: string;
  readonly cases: number;
  readonly distinct: number;
  /** Number of cases by class of their chunk borders. */
  readonly classes: { readonly cut: number; readonly splitsCharacter: number; readonly endsInCr: number };
}

/** Judges a rule by one check over generated cases; stops at the first red one and looks for a smaller. */
export async function runRuleCheck(
  check: RuleCheck,
  subject: RuleSubject,
  { seed, runs = 1000, isShrunk = true }: RuleRunOptions,
): Promise<RuleCheckResult> {
  const seen = new Set<string>();
  const classes = { cut: 0, splitsCharacter: 0, endsInCr: 0 };
  let cases = 0;
  let worst: { readonly finding: OracleFinding; readonly requests: readonly RuleRequest[] } | undefined;
  let fault: unknown;

  const note = ({ requests }: RuleCase): void => {
    cases++;
    seen.add(createHash("sha1").update(JSON.stringify(requests)).digest("base64"));
    const bodies = requests.flatMap((request) =>
      request.op === "decode" ? [request.chunks.map((chunk) => Buffer.from(chunk, "base64"))] : [],
    );
    if (bodies.some((chunks) => chunks.length > 1)) classes.cut++;
    if (bodies.some(splitsCharacter)) classes.splitsCharacter++;
    if (bodies.some(endsInCr)) classes.endsInCr++;
  };

  const holds = async (each: RuleCase): Promise<boolean> => {
    if (fault !== undefined) return false;
    if (worst === undefined) note(each);
    try {
      const [finding] = each.judge(await answersOf(subject, each.requests));
      if (finding === undefined) return true;
      worst = { finding, requests: each.requests };
    } catch (error) {
      fault = error;
      worst ??= { finding: hang(check), requests: each.requests };
    }
    return false;
  };

  const result = (status: RuleCheckResult["status"], more: Partial<RuleCheckResult> = {}): RuleCheckResult => ({
    id: check.id,
    level: check.level,
    status,
    cases,
    distinct: seen.size,
    classes,
    ...more,
  });
  if (!subject.ops.includes(check.op)) return result("not-applicable");
  await fc.check(fc.asyncProperty(check.cases, holds), {
    seed: seedOf(seed, check.id),
    numRuns: Math.min(runs, check.maxRuns ?? runs) + check.controls.length,
    endOnFailure: !isShrunk,
    examples: check.controls.map((control): [RuleCase] => [control]),
  });
  if (fault !== undefined && !(fault instanceof RuleFault && fault.kind === "hang"))
    return result("error", { message: fault instanceof Error ? fault.message : String(fault) });
  if (worst !== undefined) return result(statusOf(check.level), worst);
  return seen.size === 0 ? result("error", { message: "no case was generated" }) : result("pass");
}

async function answersOf(subject: RuleSubject, requests: readonly RuleRequest[]): Promise<readonly RuleAnswer[]> {
  const answers: RuleAnswer[] = [];
  for (const request of requests) answers.push(readAnswer(request.op, await subject.ask({ ...request })));
  return answers;
}

function hang({ clause, level }: RuleCheck): OracleFinding {
  return { clause, invariant: "hang", level, expected: "an answer", observed: "silence" };
}

function statusOf(level: Level): "fail" | "warn" | "info" {
  return level === "MUST" ? "fail" : level === "SHOULD" ? "warn" : "info";
}

/** A seed of its own for each check, so that its cases do not depend on which other checks run. */
function seedOf(seed: number, id: string): number {
  return createHash("sha256").update(`${seed}\n${id}`).digest().readInt32LE(0);
}
