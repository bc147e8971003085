import { afterAll, beforeAll, describe, it } from "vitest";
import { reasonText } from "./model/reason-code.js";
import type { CheckResult } from "./engine/run/check-result.js";
import { type Audits, audits } from "./engine/run/audits.js";
import type { ConformanceOptions } from "./engine/run/conformance-options.js";
import { selectChecks } from "./engine/run/select-checks.js";
import { allChecks } from "./checks/all-checks.js";
import { resolveConformanceOptions } from "./engine/run/conformance-options.js";
import type { Subject } from "./model/subject.js";

/** Options of {@link describeConformance}. */
export type DescribeConformanceOptions = Parameters<typeof audits>[1] & {
  /** Name of the block; default `conformance`. */
  readonly name?: string;
  /** Longest time of one check in milliseconds; default 120,000. */
  readonly timeoutMs?: number;
};

/**
 * Declares one vitest test per check of a subject.
 *
 * A subject that has to be started first is given as a function, called once before the tests. What fails, could not be
 * verified or depends on something that failed is a failing test with its reason code; what the subject does not have
 * is skipped; warnings pass.
 */
export function describeConformance(
  subject: Subject | (() => Promise<Subject>),
  options: DescribeConformanceOptions = {},
): void {
  const { name = "conformance", timeoutMs = 120_000, ...rest } = options;
  const resolved = resolveConformanceOptions(rest satisfies ConformanceOptions);
  describe(name, () => {
    let made: Audits | undefined;
    beforeAll(async () => {
      made = audits(typeof subject === "function" ? await subject() : subject, { ...rest, seed: resolved.seed });
    });
    afterAll(async () => {
      const left = (await made?.close()) ?? [];
      if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
    });
    for (const check of selectChecks(resolved.checks ?? allChecks, resolved)) {
      it(check.id, { timeout: timeoutMs }, async ({ skip }) => {
        const audit = made?.list.find((candidate) => candidate.check.id === check.id);
        if (audit === undefined) return skip("the subject has no such part");
        const result = await audit.run();
        if (result.verdict.status === "not-applicable") return skip(result.verdict.absence);
        const problem = problemOf(result, resolved.seed);
        if (problem !== undefined) throw new Error(problem);
      });
    }
  });
}

function problemOf({ check, title, verdict }: CheckResult, seed: number): string | undefined {
  const head = `${check}: ${title} (seed ${seed})\n`;
  switch (verdict.status) {
    case "fail":
    case "flaky":
      return `${head}${verdict.status} ${reasonText(verdict.reason)}\nexpected ${JSON.stringify(verdict.expected)}\nobserved ${JSON.stringify(verdict.observed)}`;
    case "unverified":
      return `${head}unverified: ${verdict.because}`;
    case "blocked":
      return `${head}blocked by ${verdict.by}`;
    case "error":
      return `${head}fault of the suite: ${verdict.message}`;
    case "pass":
    case "warn":
    case "info":
    case "not-applicable":
      return undefined;
  }
}
