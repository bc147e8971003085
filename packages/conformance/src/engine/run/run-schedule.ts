import type { Check } from "../../model/check.js";
import { type CheckResult, describeCheck } from "./check-result.js";
import type { ConductParts } from "./conduct-run.js";
import type { ReachedSubject } from "../reach/reach-subject.js";
import { runCheck } from "./run-check.js";
import type { RunState } from "./run-state.js";

/** What the schedule works through. */
export interface ScheduleParts extends Pick<ConductParts, "options" | "catalogue" | "emit"> {
  readonly state: RunState;
  readonly selected: readonly Check[];
  readonly reached: ReachedSubject;
}

/** Checks that mostly wait run beside the others, so many at a time. */
const WAITING_CHECKS = 16;

/**
 * Runs the checks, several at a time, those that need the subject for themselves alone and last.
 *
 * A check waits for those it requires and is `blocked` when one of them did not pass; a required check that is not part
 * of the run does not block. When the run ends early the rest does not appear in the results.
 */
export async function runSchedule(parts: ScheduleParts): Promise<readonly CheckResult[]> {
  const { state, selected, reached, options, emit, catalogue } = parts;
  const results = new Map<string, CheckResult>();
  const running = new Map<string, Promise<CheckResult>>();
  const waiting = [...selected];
  const patientIds = new Set(selected.filter((check) => check.startsFirst === true).map((check) => check.id));
  const begin = state.now();

  const blockedBy = (check: Check): string | undefined =>
    (check.requires ?? []).find((id) => {
      const status = results.get(id)?.verdict.status;
      return status !== undefined && status !== "pass" && status !== "warn" && status !== "info";
    });
  const isReady = (check: Check): boolean =>
    (check.requires ?? []).every((id) => results.has(id) || !selected.some((other) => other.id === id));
  const finished = (result: CheckResult): void => {
    results.set(result.check, result);
    const spent = (state.now() - begin) / 1000;
    const secondsLeft = Math.ceil((spent / results.size) * (selected.length - results.size));
    emit({ type: "check-finished", result, done: results.size, of: selected.length, secondsLeft });
  };
  const start = (check: Check): void => {
    const by = blockedBy(check);
    emit({ type: "check-started", check: check.id });
    if (by !== undefined) {
      const verdict = { status: "blocked", by } as const;
      finished({
        ...describeCheck(check),
        access: state.access,
        verdict,
        warnings: [],
        observations: [],
        statistics: [],
        startedAt: state.now(),
        durationMs: 0,
        leaks: [],
      });
      return;
    }
    const run = runCheck({
      check,
      state,
      subject: reached.parts,
      facts: reached.facts,
      health: options.hasHealthGate ? reached.health : undefined,
      levelOf: (clause) => catalogue.clauses.get(clause)?.level,
      onProgress: (what) => emit({ type: "case", check: check.id, what }),
    });
    running.set(
      check.id,
      run.then((result) => {
        running.delete(check.id);
        finished(result);
        return result;
      }),
    );
  };

  while (waiting.length > 0 && !state.signal.aborted) {
    const patient = [...running.keys()].filter((id) => patientIds.has(id)).length;
    const hasRoom = (check: Check): boolean => {
      if (check.runsAlone === true) return running.size === 0;
      return check.startsFirst === true ? patient < WAITING_CHECKS : running.size - patient < options.concurrency;
    };
    const index = waiting.findIndex((check) => isReady(check) && hasRoom(check));
    const next = waiting[index];
    if (next !== undefined) {
      waiting.splice(index, 1);
      start(next);
      if (next.runsAlone === true) await Promise.all(running.values());
    } else if (running.size > 0) await Promise.race(running.values());
    else throw new Error(`checks require each other in a circle: ${waiting.map((check) => check.id).join(", ")}`);
  }
  await Promise.all(running.values());
  return selected.flatMap((check) => results.get(check.id) ?? []);
}
