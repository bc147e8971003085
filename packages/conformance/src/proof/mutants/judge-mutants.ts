import type { Check, Depth } from "../../model/check.js";
import type { CheckResult } from "../../engine/run/check-result.js";
import type { ServerSubject } from "../../model/subject.js";
import { judgeAltered, judgeMutant, type MutantJudgement } from "./judge-mutant.js";
import { mutantDepth } from "./mutant-depth.js";
import type { ServerMutant } from "./server-mutant.js";

/** How many mutants are judged at one time; each has a gateway and sandboxes of its own. */
const LANES = 4;

/** What {@link judgeMutants} works with. */
export interface JudgeMutantsOptions {
  /** Every check of the suite. */
  readonly checks: readonly Check[];
  readonly seed: number;
  /** Runs every check against every mutant, not just the named one. */
  readonly isFullMatrix?: boolean;
  /** Told as soon as a mutant is judged. */
  readonly onJudged?: (judgement: MutantJudgement) => void;
}

/**
 * Judges mutants of one server, several at a time.
 *
 * Each is run with the check that must find it and the checks this one requires, at depth standard, or full where the
 * check needs it; with `isFullMatrix`, with all. Those that need depth full begin first, since they wait for a minute
 * and more. Rejects when the named checks do not pass on the server itself, which is seen in the meantime: then no kill
 * proves anything.
 */
export async function judgeMutants(
  mutants: readonly ServerMutant[],
  server: ServerSubject,
  options: JudgeMutantsOptions,
): Promise<readonly MutantJudgement[]> {
  const { checks, seed, isFullMatrix = false, onJudged } = options;
  const judgeControl = async (depth: Depth): Promise<readonly CheckResult[]> => {
    const named = new Set(mutants.filter((mutant) => mutantDepth(mutant, checks) === depth).map(({ check }) => check));
    const chosen = isFullMatrix && depth === "standard" ? checks : withRequired(checks, named);
    return chosen.length === 0
      ? []
      : (await judgeAltered(server, () => ({}), { checks: chosen, depth, seed, concurrency: 8 })).results;
  };
  const judgements: MutantJudgement[] = [];
  const judge = async (mutant: ServerMutant): Promise<void> => {
    const judgement = await judgeMutant(mutant, server, {
      checks: isFullMatrix ? checks : withRequired(checks, new Set([mutant.check])),
      depth: mutantDepth(mutant, checks),
      seed,
      concurrency: 8,
    });
    judgements.push(judgement);
    onJudged?.(judgement);
  };
  const inLanes = async (depth: Depth): Promise<void> => {
    const queue = mutants.filter((mutant) => mutantDepth(mutant, checks) === depth);
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) await judge(mutant);
      }),
    );
  };
  const [standard, full] = await Promise.all([
    judgeControl("standard"),
    judgeControl("full"),
    inLanes("full"),
    inLanes("standard"),
  ]);
  const reds = [...standard, ...full].filter(
    ({ verdict }) => verdict.status !== "pass" && verdict.status !== "not-applicable" && verdict.status !== "info",
  );
  if (reds.length > 0)
    throw new Error(
      `without a mutant these do not pass: ${reds.map(({ check, verdict }) => `${check} (${verdict.status})`).join(", ")}`,
    );
  return judgements;
}

function withRequired(checks: readonly Check[], named: ReadonlySet<string>): readonly Check[] {
  const wanted = new Set(named);
  const add = (id: string): void => {
    for (const required of checks.find((check) => check.id === id)?.requires ?? []) {
      if (wanted.has(required)) continue;
      wanted.add(required);
      add(required);
    }
  };
  for (const id of named) add(id);
  return checks.filter(({ id }) => wanted.has(id));
}
