import { createHash, randomBytes } from "node:crypto";
import type { Catalogue } from "../../model/read-catalogue.js";
import type { Check } from "../../model/check.js";
import { type GeneratedCase, symbolCounter } from "./recorder.js";
import { secretRegister } from "../../model/secrets.js";
import { reportJson } from "./report-json.js";
import { makeReport } from "./make-report.js";
import { sandboxSetup } from "../../model/sandbox-setup.js";
import type { Subject } from "../../model/subject.js";
import type { CheckResult } from "./check-result.js";
import type { ResolvedConformanceOptions } from "./conformance-options.js";
import type { ConformanceProgress } from "./conformance-progress.js";
import { reachSubject } from "../reach/reach-subject.js";
import { requestBudget } from "../reach/request-budget.js";
import type { RunState } from "./run-state.js";
import { runSchedule } from "./run-schedule.js";
import { checksOf, selectChecks } from "./select-checks.js";

/** What a run is made of. */
export interface ConductParts {
  readonly subject: Subject;
  readonly options: ResolvedConformanceOptions;
  readonly checks: readonly Check[];
  readonly catalogue: Catalogue;
  readonly signal: AbortSignal;
  /** The one case that properties try, in a replay. */
  readonly replayed?: GeneratedCase;
  readonly emit: (progress: ConformanceProgress) => void;
}

/**
 * Conducts one run from the first probe to the report; cleans up in every case. A fault of the runner itself is a
 * report too, with what was judged before it.
 */
export async function conductRun(parts: ConductParts): Promise<void> {
  const { subject, options, emit } = parts;
  const begin = performance.now();
  const now = (): number => performance.now() - begin;
  const secrets = secretRegister();
  const budgetEnd = new AbortController();
  const state: RunState = {
    id: `run-${randomBytes(6).toString("hex")}`,
    seed: options.seed,
    depth: options.depth,
    access: subject.kind === "server" ? (subject.access ?? "direct") : "direct",
    secrets,
    budget: requestBudget(now),
    nextSymbol: symbolCounter(),
    sharedRuns: new Map(),
    signal: AbortSignal.any([
      parts.signal,
      budgetEnd.signal,
      ...(options.signal === undefined ? [] : [options.signal]),
    ]),
    now,
    ...(parts.replayed === undefined ? {} : { replayed: parts.replayed }),
  };
  const startedAt = new Date().toISOString();
  const known = checksOf(subject, parts.checks);
  const selected = selectChecks(known, options);
  emit({ type: "started", seed: options.seed, checks: selected.length });
  const timer = options.budgetMs === undefined ? undefined : setTimeout(() => budgetEnd.abort(), options.budgetMs);
  const reached = reachSubject(subject, state, options);
  const judged: CheckResult[] = [];
  const tell = (progress: ConformanceProgress): void => {
    if (progress.type === "check-finished") judged.push(progress.result);
    emit(progress);
  };
  let results: readonly CheckResult[] | undefined;
  let leaks: readonly string[] = [];
  let isReachable = false;
  let fault: string | undefined;
  try {
    isReachable = selected.length === 0 || !options.hasHealthGate || (await reached.answers());
    if (isReachable) results = await runSchedule({ ...parts, state, selected, reached, emit: tell });
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    emit({ type: "cleaning-up" });
    leaks = await reached.close();
  }
  const report = makeReport({
    subject,
    options,
    state,
    startedAt,
    known,
    results: results ?? judged,
    leaks: [...leaks, ...(results ?? judged).flatMap((result) => result.leaks)],
    catalogue: parts.catalogue,
    isReachable,
    isCutShort: state.signal.aborted,
    ...(fault === undefined ? {} : { fault }),
    facts: await reached.facts.all(),
    sandboxesCreated: reached.parts.pool?.createdCount ?? 0,
    configuration: createHash("sha256")
      .update(JSON.stringify(configurationOf(subject, options)))
      .digest("hex")
      .slice(0, 16),
  });
  emit({ type: "finished", report, json: reportJson(report, secrets) });
}

/** What makes two runs comparable: no address and no secret is part of it. */
function configurationOf(
  subject: Subject,
  { depth, capabilities, filter, shard, seed }: ResolvedConformanceOptions,
): unknown {
  if (subject.kind === "rule") return [depth, capabilities, filter, shard, seed, { ops: subject.ops }];
  const { access, declares, lifecycle } = subject;
  const setup = lifecycle && { ...sandboxSetup(lifecycle), image: undefined };
  return [depth, capabilities, filter, shard, seed, { access, declares, ...setup, parts: Object.keys(subject) }];
}
