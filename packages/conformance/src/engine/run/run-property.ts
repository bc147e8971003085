import fc from "fast-check";
import type { Check, Depth } from "../../model/check.js";
import type { PropertyPlan } from "../../model/check-context.js";
import { Violation } from "../../model/outcome.js";
import type { GeneratedCase, Recorder } from "./recorder.js";
import type { RunState } from "./run-state.js";
import { seededRandom } from "../../model/seeded-random.js";

/** What a property tried. */
export interface CaseStatistics {
  readonly runs: number;
  readonly distinct: number;
  /** Share of the cases in each class, 0 to 1. */
  readonly shares: Readonly<Record<string, number>>;
}

/** What a property runs with. */
export interface PropertyParts {
  readonly check: Check;
  readonly state: RunState;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
  /** Gives the case that is tried next random values of its own, which its number fixes. */
  readonly reseed: (attempt: number) => void;
}

const DEFAULT_RUNS: Readonly<Record<Depth, number>> = { quick: 20, standard: 50, full: 200 };
const SHRINK_WITHIN_MS: Readonly<Record<Depth, number>> = { quick: 2_000, standard: 5_000, full: 30_000 };

/**
 * Tries generated cases; throws the {@link Violation} of the smallest failing one.
 *
 * The generator's seed is that of the run and the check. Shrinking stops after a time of its own with the best case so
 * far. What is not a violation (no answer, no time) is not shrunk: it ends the property at once. A property without
 * distinct cases, or with too few of a class, is a fault of the suite and throws as such.
 */
export async function runProperty<T>(plan: PropertyPlan<T>, parts: PropertyParts): Promise<CaseStatistics> {
  const { check, state, recorder, signal, reseed } = parts;
  if (state.replayed !== undefined) return replayCase(plan, state.replayed, parts);
  const numRuns = (plan.runs ?? DEFAULT_RUNS)[state.depth];
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  let tried = 0;
  let attempts = 0;
  let best: Violation | undefined;
  let other: unknown;
  let shrinkUntil = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(plan.arbitrary, async (value) => {
    if (best !== undefined && (state.now() > shrinkUntil || signal.aborted)) return true;
    if (other !== undefined) return true;
    recorder.restart();
    reseed(++attempts);
    if (best === undefined) {
      tried++;
      seen.add(fc.stringify(value));
      for (const name of plan.classes?.(value) ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
      if (tried % 10 === 0) parts.onProgress(`case ${tried} of ${numRuns}`);
    }
    try {
      signal.throwIfAborted();
      await plan.test(value);
      return true;
    } catch (error) {
      if (!(error instanceof Violation)) {
        other = error;
        throw error;
      }
      // Another violation than the first is another fault: shrinking must not wander off to it.
      if (best !== undefined && reason(best) !== reason(error)) return true;
      shrinkUntil = Math.min(shrinkUntil, state.now() + SHRINK_WITHIN_MS[state.depth]);
      recorder.pin({ value: JSON.parse(JSON.stringify(value) ?? "null"), attempt: attempts });
      best = new Violation({
        ...error.finding,
        observed: { case: JSON.parse(JSON.stringify(value) ?? "null"), value: error.finding.observed },
      });
      return false;
    }
  });
  const result = await fc.check(property, {
    numRuns,
    seed: seededRandom(state.seed, `${check.id}#cases`).seed,
    endOnFailure: false,
    examples: (plan.edges ?? []).map((edge): [T] => [edge]),
  });
  if (other !== undefined && best === undefined) throw other;
  if (best !== undefined) throw best;
  if (result.failed) throw result.errorInstance ?? new Error(`the property of ${check.id} ended without a case`);
  const shares = Object.fromEntries([...counts].map(([name, count]) => [name, count / tried]));
  if (seen.size < Math.min(2, numRuns)) throw new Error(`the property of ${check.id} tried ${seen.size} distinct case`);
  for (const [name, least] of Object.entries(plan.shares ?? {})) {
    if (tried >= 100 && (shares[name] ?? 0) < least)
      throw new Error(`only ${((shares[name] ?? 0) * 100).toFixed(1)} % of the cases of ${check.id} are "${name}"`);
  }
  return { runs: tried, distinct: seen.size, shares };
}

/** Tries the one case of a reproducer. */
async function replayCase<T>(
  plan: PropertyPlan<T>,
  { value, attempt }: GeneratedCase,
  { recorder, reseed }: PropertyParts,
): Promise<CaseStatistics> {
  recorder.restart();
  reseed(attempt);
  // What was generated was JSON: it comes back as the value that the plan made.
  await plan.test(value as T);
  return { runs: 1, distinct: 1, shares: {} };
}

function reason({ finding }: Violation): string {
  return `${finding.reason.clause}/${finding.reason.invariant}`;
}
