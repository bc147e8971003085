import { randomBytes } from "node:crypto";
import { readCatalogue } from "../../model/read-catalogue.js";
import type { Check } from "../../model/check.js";
import { allChecks } from "../../checks/all-checks.js";
import { symbolCounter } from "./recorder.js";
import { secretRegister } from "../../model/secrets.js";
import type { Subject } from "../../model/subject.js";
import type { CheckResult } from "./check-result.js";
import { type ConformanceOptions, resolveConformanceOptions } from "./conformance-options.js";
import { reachSubject } from "../reach/reach-subject.js";
import { requestBudget } from "../reach/request-budget.js";
import { runCheck } from "./run-check.js";
import type { RunState } from "./run-state.js";
import { checksOf, selectChecks } from "./select-checks.js";

/** One check of a subject, ready to run whenever somebody likes. */
export interface Audit {
  readonly check: Check;
  /** Runs the check; never rejects. */
  run(): Promise<CheckResult>;
}

/** The checks of a subject as a plain list, without a runner. */
export interface Audits {
  readonly list: readonly Audit[];
  /** Deletes what the audits created; gives what is left. */
  close(): Promise<readonly string[]>;
}

/**
 * Lists the checks of a subject for a runner of one's own. Nothing is sent before an audit runs.
 *
 * Throws `InvalidArgumentError` for bad options. The order of the list is the one to run them in; `requires` is up to
 * the caller.
 */
export function audits(
  subject: Subject,
  options: Omit<ConformanceOptions, "baseline" | "gate" | "budgetMs" | "concurrency"> = {},
): Audits {
  const resolved = resolveConformanceOptions(options);
  const begin = performance.now();
  const now = (): number => performance.now() - begin;
  const stop = new AbortController();
  const state: RunState = {
    id: `run-${randomBytes(6).toString("hex")}`,
    seed: resolved.seed,
    depth: resolved.depth,
    access: subject.kind === "server" ? (subject.access ?? "direct") : "direct",
    secrets: secretRegister(),
    budget: requestBudget(now),
    nextSymbol: symbolCounter(),
    sharedRuns: new Map(),
    signal: options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]),
    now,
  };
  const reached = reachSubject(subject, state, resolved);
  const { clauses } = readCatalogue();
  const run = (check: Check): Promise<CheckResult> =>
    runCheck({
      check,
      state,
      subject: reached.parts,
      facts: reached.facts,
      health: resolved.hasHealthGate ? reached.health : undefined,
      levelOf: (clause) => clauses.get(clause)?.level,
      onProgress: () => {},
    });
  return {
    list: selectChecks(checksOf(subject, resolved.checks ?? allChecks), resolved).map((check) => ({
      check,
      run: () => run(check),
    })),
    close() {
      stop.abort();
      return reached.close();
    },
  };
}
