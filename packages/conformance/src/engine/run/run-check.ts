import type { Check, Level, SharedRun } from "../../model/check.js";
import { Blocked, NoAnswer, NotApplicable, Unverifiable, Violation } from "../../model/outcome.js";
import type { Evidence, Finding, Verdict } from "../../model/verdict.js";
import { verdictText } from "../../model/verdict-text.js";
import type { AccessPath } from "../../model/subject.js";
import type { CapabilityFacts } from "../reach/capability-facts.js";
import { type CheckResult, describeCheck } from "./check-result.js";
import { checkSession, type SubjectParts } from "./check-session.js";
import type { Health } from "../reach/health.js";
import type { Attempt, RunState } from "./run-state.js";

/** What running a check needs. */
export interface RunCheckParts {
  readonly check: Check;
  readonly state: RunState;
  readonly subject: SubjectParts;
  readonly facts: CapabilityFacts;
  /** Absent when the gate is off, as for servers that are wrong on purpose. */
  readonly health: Health | undefined;
  /** The level of a clause. */
  readonly levelOf: (clause: string) => Level | undefined;
  readonly onProgress: (what: string) => void;
}

const DEADLINE_MS = 120_000;
/** How often a failure that is about waiting is tried before it counts. */
const AVAILABILITY_TRIES = 3;

/** Runs one check to its verdict; never rejects. */
export async function runCheck(parts: RunCheckParts): Promise<CheckResult> {
  const { check, state } = parts;
  const startedAt = state.now();
  const absent = await absence(parts);
  if (absent !== undefined) return finish(parts, startedAt, absent);
  if (check.shared !== undefined) return runClaim(parts, check.shared, startedAt);
  const first = await attempt(parts);
  if (check.isAvailability !== true || first.verdict.status !== "fail")
    return finish(parts, startedAt, first.verdict, first);
  let hits = 1;
  for (let tries = 2; tries <= AVAILABILITY_TRIES; tries++) {
    const again = await attempt(parts);
    if (again.verdict.status === "fail") hits++;
    else if (again.verdict.status === "pass") {
      const { reason, expected, observed } = first.verdict;
      return finish(
        parts,
        startedAt,
        { status: "flaky", reason, expected, observed, times: { hits, of: tries } },
        first,
      );
    }
  }
  return finish(parts, startedAt, { ...first.verdict, times: { hits, of: AVAILABILITY_TRIES } }, first);
}

/** Takes the verdict of one claim from the run that it shares with others, which happens once. */
async function runClaim(parts: RunCheckParts, shared: SharedRun, startedAt: number): Promise<CheckResult> {
  const { check, state } = parts;
  // A check that is run once more gets a run of its own.
  const known = state.sharedRuns.get(shared);
  const running =
    known === undefined || known.askedBy.has(check.id) ? { askedBy: new Set<string>(), run: attempt(parts) } : known;
  running.askedBy.add(check.id);
  state.sharedRuns.set(shared, running);
  const run = await running.run;
  const isNaming = check.id === shared.id;
  const name = check.id.slice(check.id.lastIndexOf("/") + 1);
  const claim = run.session.claims.get(name);
  const verdict = claimVerdict(run, shared, isNaming, name);
  const leaks = run.leaks.splice(0);
  const notes = [...(isNaming ? [run.session] : []), ...(claim === undefined ? [] : [claim])];
  return {
    ...finish(parts, startedAt, verdict, run),
    warnings: notes.flatMap(({ warnings }) => warnings),
    observations: notes.flatMap(({ observations }) => observations),
    statistics: notes.flatMap(({ statistics }) => statistics),
    leaks,
  };
}

function claimVerdict({ verdict, claims }: Attempt, shared: SharedRun, isNaming: boolean, name: string): Verdict {
  const own = claims.get(name);
  const isWhole = verdict.status === "pass";
  // What failed outside the claims belongs to the check that names the run.
  if (isNaming && !isWhole && (own === undefined || own.status === "pass")) return verdict;
  if (own !== undefined) return own;
  if (!isWhole) return { status: "blocked", by: `${shared.id} (${verdictText(verdict)})` };
  return { status: "error", message: `the run of ${shared.id} did not judge the claim ${name}` };
}

async function attempt(parts: RunCheckParts): Promise<Attempt> {
  const { check, state } = parts;
  const deadline = new AbortController();
  const deadlineMs = check.deadlineMs ?? DEADLINE_MS;
  const timer = setTimeout(() => deadline.abort(new Unverifiable(`not done in ${deadlineMs / 1000} s`)), deadlineMs);
  const signal = AbortSignal.any([deadline.signal, state.signal]);
  const session = checkSession({ ...parts, signal });
  const ended = new Promise<never>((_, reject) => {
    const fail = (): void =>
      reject(deadline.signal.aborted ? deadline.signal.reason : new Unverifiable("the run ended before the check did"));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
  // Nobody listens to it when the check ends in time.
  ended.catch(() => undefined);
  let verdict: Verdict;
  try {
    await Promise.race([check.run(session.context), ended]);
    verdict = check.shared === undefined ? passed(session.evidence) : { status: "pass", evidence: session.evidence };
  } catch (error) {
    verdict = await judged(error, check, parts);
  } finally {
    clearTimeout(timer);
  }
  const claims = new Map<string, Verdict>();
  for (const [name, { check: claimed, evidence, error }] of session.claims) {
    const isHeld = error === undefined;
    claims.set(name, isHeld ? passed([...session.evidence, ...evidence]) : await judged(error, claimed, parts));
  }
  return { verdict, claims, session, leaks: [...(await session.close())] };
}

function passed(evidence: readonly Evidence[]): Verdict {
  const missing = (["positive", "negative"] as const).filter(
    (control) => !evidence.some((seen) => seen.control === control),
  );
  if (missing.length > 0) return { status: "unverified", because: `no ${missing.join(" and no ")} control was seen` };
  return { status: "pass", evidence };
}

async function judged(error: unknown, check: Check, { health, levelOf }: RunCheckParts): Promise<Verdict> {
  if (error instanceof Violation) {
    const level = levelOf(error.finding.reason.clause) ?? check.level;
    return { status: statusOfLevel(level), ...error.finding };
  }
  if (error instanceof Unverifiable) return { status: "unverified", because: error.message };
  if (error instanceof NotApplicable)
    return { status: "not-applicable", capability: check.capability, absence: error.absence };
  if (error instanceof Blocked) return { status: "blocked", by: error.by };
  if (error instanceof NoAnswer) {
    if (health !== undefined && !(await health.isAlive()))
      return { status: "unverified", because: "the subject no longer answers at all" };
    const finding: Finding = {
      reason: { clause: check.clauses[0], invariant: error.invariant },
      expected: "an answer",
      observed: error.message,
    };
    return { status: statusOfLevel(check.level), ...finding };
  }
  return {
    status: "error",
    message:
      error instanceof Error
        ? `${error.name}: ${error.message}${error.stack === undefined ? "" : `\n${error.stack}`}`
        : String(error),
  };
}

function statusOfLevel(level: Level): "fail" | "warn" | "info" {
  return level === "MUST" ? "fail" : level === "SHOULD" ? "warn" : "info";
}

/** `not-applicable`, or a failure where the capability was promised; `undefined` when the check can run. */
async function absence({ check, facts }: RunCheckParts): Promise<Verdict | undefined> {
  if (check.capability === "core") return undefined;
  try {
    const fact = await facts.fact(check.capability);
    if (fact.isPresent !== false) return undefined;
    if (!fact.isDeclared) return { status: "not-applicable", capability: check.capability, absence: fact.how };
    return {
      status: "fail",
      reason: { clause: check.clauses[0], invariant: "declared-but-absent" },
      expected: `the declared capability ${check.capability}`,
      observed: fact.how,
    };
  } catch (error) {
    return {
      status: "blocked",
      by: `asking for ${check.capability} (${error instanceof Error ? error.message : String(error)})`,
    };
  }
}

function finish({ check, state }: RunCheckParts, startedAt: number, verdict: Verdict, attempt?: Attempt): CheckResult {
  const session = attempt?.session;
  return {
    ...describeCheck(check),
    access: accessOf(state.access, check),
    verdict,
    warnings: session?.warnings ?? [],
    observations: session?.observations ?? [],
    statistics: session?.statistics ?? [],
    startedAt,
    durationMs: state.now() - startedAt,
    leaks: attempt?.leaks ?? [],
    ...(session === undefined || verdict.status === "pass" ? {} : { record: session.recorder.record }),
  };
}

function accessOf(access: AccessPath, check: Check): AccessPath {
  // The lifecycle API has one path only, and a sidecar has no root of its own.
  return check.part === "lifecycle" || (check.part === "egress" && access === "root") ? "direct" : access;
}
