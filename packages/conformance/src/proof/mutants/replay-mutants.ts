import type { Check } from "../../model/check.js";
import { reportJson } from "../../engine/run/report-json.js";
import { readReport } from "../../report/written-report.js";
import { secretRegister } from "../../model/secrets.js";
import { makeCase } from "../../report/reproducer/make-case.js";
import { replay } from "../../report/reproducer/replay.js";
import type { ReplayAnswer } from "../../report/reproducer/replay-answer.js";
import { readCase } from "../../report/reproducer/reproducer-case.js";
import type { ServerSubject } from "../../model/subject.js";
import { judgeMutant } from "./judge-mutant.js";
import { mutantDepth } from "./mutant-depth.js";
import type { ServerMutant } from "./server-mutant.js";
import { onMutant } from "./on-mutant.js";

/** What came of the case that a mutant left. */
export interface ReplayedMutant {
  readonly mutant: string;
  /** Answer of the replay against the mutant; `no case` where its check did not fail. */
  readonly withFault: ReplayAnswer["answer"] | "no case";
  /** Answer of the replay against the server without the fault. */
  readonly without: ReplayAnswer["answer"] | "no case";
  /**
   * The fault was seen again, and without it the case passed; a rare fault without a hit is "not reproduced" instead.
   */
  readonly isReplayed: boolean;
  readonly texts: readonly string[];
  readonly operations: number;
}

/** What {@link replayMutants} works with. */
export interface ReplayMutantsOptions {
  /** Every check of the suite. */
  readonly checks: readonly Check[];
  readonly seed: number;
  /** Told as soon as a mutant is done. */
  readonly onReplayed?: (replayed: ReplayedMutant) => void;
}

/** How many mutants are tried at one time. */
const LANES = 4;

/**
 * Judges each mutant by the check that it names, and replays the written case against a fresh mutant and against the
 * server itself. The case goes through its text: nothing but the file is known to the replay.
 */
export async function replayMutants(
  mutants: readonly ServerMutant[],
  server: ServerSubject,
  options: ReplayMutantsOptions,
): Promise<readonly ReplayedMutant[]> {
  const results = new Map<string, ReplayedMutant>();
  // Those that take minutes first: the others run beside them.
  const isPatient = (mutant: ServerMutant): boolean => mutantDepth(mutant, options.checks) === "full";
  const queue = [...mutants.filter(isPatient), ...mutants.filter((mutant) => !isPatient(mutant))];
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const replayed = await replayMutant(mutant, server, options);
        results.set(mutant.id, replayed);
        options.onReplayed?.(replayed);
      }
    }),
  );
  return mutants.flatMap(({ id }) => results.get(id) ?? []);
}

async function replayMutant(
  mutant: ServerMutant,
  server: ServerSubject,
  { checks, seed }: ReplayMutantsOptions,
): Promise<ReplayedMutant> {
  const { report } = await judgeMutant(mutant, server, {
    checks: checks.filter(({ id }) => id === mutant.check),
    depth: mutantDepth(mutant, checks),
    seed,
    concurrency: 8,
  });
  const written = readReport(reportJson(report, secretRegister()));
  const result = written.results.find(({ check }) => check === mutant.check);
  const made = result === undefined ? undefined : makeCase(written, result, "case.json");
  if (made === undefined)
    return {
      mutant: mutant.id,
      withFault: "no case",
      without: "no case",
      isReplayed: false,
      texts: [result?.verdict.status ?? "not run"],
      operations: 0,
    };
  const reproducer = readCase(JSON.stringify(made));
  const withFault = await onMutant(mutant, server, (subject) => replay(reproducer, subject, { checks }));
  const without = await replay(reproducer, server, { checks });
  const isRare = reproducer.times !== undefined && reproducer.times.hits < reproducer.times.of;
  const isGone =
    without.answer === "FIXED" ||
    (isRare && without.answer === "CANNOT-REPLAY" && without.hits === 0 && without.tries > 0);
  const isReplayed = (withFault.answer === "STILL-FAILING" || (isRare && withFault.answer === "FLAKY")) && isGone;
  return {
    mutant: mutant.id,
    isReplayed,
    withFault: withFault.answer,
    without: without.answer,
    texts: [withFault.text, without.text],
    operations: reproducer.operations.length,
  };
}
