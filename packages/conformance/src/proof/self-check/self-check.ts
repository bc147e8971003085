import { lastValueFrom } from "rxjs";
import type { Check } from "../../model/check.js";
import type { Alteration } from "../../gateway/alteration.js";
import { throughGateway } from "../../gateway/through-gateway.js";
import type { CheckResult } from "../../engine/run/check-result.js";
import { runConformance } from "../../engine/run/run-conformance.js";
import type { ServerSubject } from "../../model/subject.js";
import { canaries as allCanaries } from "./canaries.js";
import type { Canary } from "./canary.js";
import type { CanaryState, SelfCheckResult } from "../../model/self-check-result.js";

/** What {@link selfCheck} works with. */
export interface SelfCheckOptions {
  readonly checks: readonly Check[];
  readonly seed: number;
  /** Default: all that fit the subject. */
  readonly canaries?: readonly Canary[];
  /** Told before each canary. */
  readonly onCanary?: (canary: Canary, index: number, count: number) => void;
  /** Puts the faults in place; off only to see that this is noticed. Default true. */
  readonly isPlanting?: boolean;
}

/** Share of the canaries of present groups that must be informative, and the least number of them. */
const LEAST_SHARE = 0.8;
const LEAST_COUNT = 3;

/**
 * Puts a gateway before the subject, endpoints returned by its lifecycle API included, and plants one fault after the
 * other, each in one answer. Void unless at least 80 % of the canaries that fit (and three) say something, and all of
 * those are caught.
 */
export async function selfCheck(subject: ServerSubject, options: SelfCheckOptions): Promise<SelfCheckResult> {
  const { checks, seed, onCanary, isPlanting = true } = options;
  const reached = new Set<Canary["part"]>(
    subject.lifecycle !== undefined
      ? ["lifecycle", "execd", "egress"]
      : [
          ...(subject.execd === undefined ? [] : ["execd" as const]),
          ...(subject.egress === undefined ? [] : ["egress" as const]),
        ],
  );
  const planned = (options.canaries ?? allCanaries).filter(({ part }) => reached.has(part));
  const plain = await results(subject, checks, new Set(planned.map(({ check }) => check)), seed, {});
  const judged: { id: string; title: string; check: string; state: CanaryState }[] = [];
  for (const [index, canary] of planned.entries()) {
    onCanary?.(canary, index, planned.length);
    const before = plain.get(canary.check)?.verdict.status;
    let state: CanaryState = before === undefined || before === "not-applicable" ? "absent" : "uninformative";
    if (before === "pass") {
      const after = await results(
        subject,
        checks,
        new Set([canary.check]),
        seed,
        isPlanting ? canary.alteration() : {},
      );
      state = after.get(canary.check)?.verdict.status === "fail" ? "caught" : "missed";
    }
    judged.push({ id: canary.id, title: canary.title, check: canary.check, state });
  }
  const fitting = judged.filter(({ state }) => state !== "absent");
  const informative = fitting.filter(({ state }) => state !== "uninformative");
  const caught = informative.filter(({ state }) => state === "caught");
  const isValid =
    informative.length >= LEAST_COUNT &&
    informative.length >= LEAST_SHARE * fitting.length &&
    caught.length === informative.length;
  return {
    status: isValid ? "valid" : "void",
    canaries: judged,
    text: `self-check ${isValid ? "valid" : "void"}: ${caught.length} of ${informative.length} planted faults caught, ${fitting.length - informative.length} without meaning here, ${judged.length - fitting.length} of absent capabilities`,
  };
}

async function results(
  subject: ServerSubject,
  checks: readonly Check[],
  wanted: ReadonlySet<string>,
  seed: number,
  alteration: Alteration,
): Promise<ReadonlyMap<string, CheckResult>> {
  return throughGateway(subject, alteration, async (altered) => {
    const last = await lastValueFrom(
      runConformance(altered, { checks: checks.filter(({ id }) => wanted.has(id)), depth: "quick", seed }),
    );
    if (last.type !== "finished") throw new Error("a run ends in its report");
    return new Map(last.report.results.map((result) => [result.check, result]));
  });
}
