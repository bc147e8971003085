import { readCatalogue } from "../../model/read-catalogue.js";
import type { Check } from "../../model/check.js";
import { reasonText } from "../../model/reason-code.js";
import { statusOf } from "../../model/read-exchange.js";
import type { Verdict } from "../../model/verdict.js";
import { allChecks } from "../../checks/all-checks.js";
import type { ConformanceReport } from "../../engine/run/conformance-report.js";
import type { CaseRecord } from "../../engine/run/recorder.js";
import { verdictWords } from "../verdict-words.js";
import { conductRun } from "../../engine/run/conduct-run.js";
import { resolveConformanceOptions } from "../../engine/run/conformance-options.js";
import { checkSandboxSetup, likeRecorded, type SandboxSetup } from "../../model/sandbox-setup.js";
import type { AccessPath, ServerSubject, Subject } from "../../model/subject.js";
import type { ReplayAnswer } from "./replay-answer.js";
import type { ReproducerCase } from "./reproducer-case.js";
import { sameOperations } from "./same-operations.js";

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** The checks to find the named one in; default those of the suite. */
  readonly checks?: readonly Check[];
  /** Ends the replay early: the answer is then `CANNOT-REPLAY`. */
  readonly signal?: AbortSignal;
}

/**
 * How often a case has to pass before it counts as repaired, and how often as many tries as it was seen in are made for
 * a rare fault.
 */
const TRIES = 3;

/**
 * Sends the case again and judges it as the check did.
 *
 * The check runs alone with the seed of the case, so its nonces and thus its requests are the recorded ones, byte for
 * byte; a property tries the recorded value and generates none. What was sent is compared with what was recorded: a
 * check that asks something else by now cannot replay the case. Its sandboxes are made as the recorded ones; what the
 * subject says itself goes before. A fault seen k times in n is looked for in at least 3n/k tries, and is then "not
 * reproduced", never fixed. Rejects with {@link InvalidArgumentError} for a subject whose sandboxes cannot be made as
 * it says, and when the suite itself breaks.
 */
export async function replay(
  reproducer: ReproducerCase,
  subject: Subject,
  options: ReplayOptions = {},
): Promise<ReplayAnswer> {
  if (subject.kind === "server" && subject.lifecycle !== undefined) checkSandboxSetup(subject.lifecycle);
  const check = (options.checks ?? allChecks).find(({ id }) => id === reproducer.check);
  const verdicts: Verdict[] = [];
  let sent: ReplayAnswer["sent"] = { same: 0, of: 0 };
  const cannot = (because: string): ReplayAnswer => ({
    answer: "CANNOT-REPLAY",
    text: `CANNOT-REPLAY: ${because}`,
    tries: verdicts.length,
    hits: 0,
    verdicts,
    sent,
  });
  if (check === undefined) return cannot(`this suite has no check ${reproducer.check}`);
  const missing = missingVariable(reproducer, subject);
  if (missing !== undefined)
    return cannot(`the sandboxes of this case had the secret variable ${missing}: give it again`);
  const { times } = reproducer;
  const isRare = times !== undefined && times.hits < times.of;
  const most = isRare ? Math.max(1, Math.ceil(TRIES / Math.max(1, times.hits))) : TRIES;
  while (verdicts.length < most) {
    const { results, conclusion } = await tryOnce(reproducer, check, subject, options.signal);
    if (conclusion.exitCode === 4) return cannot("the subject does not answer");
    const [result] = results;
    if (result === undefined || options.signal?.aborted === true) return cannot("the replay was ended");
    const { verdict, record } = result;
    if (record !== undefined) sent = sameOperations(reproducer.operations, record.operations);
    const isHit = isSame(reproducer, verdict);
    // Before anything else is compared: without its key, a check sends other requests and fails in other ways.
    if (!isHit && verdict.status !== "pass" && isRefused(verdict, record)) return cannot(REFUSED);
    if (record !== undefined && sent.of > 0 && sent.same === 0) return cannot("the check sends other requests by now");
    if (verdict.status !== "pass" && !isHit)
      return cannot(`the check is ${verdict.status} now: ${verdictWords(verdict)}`);
    verdicts.push(verdict);
    if (isHit && verdicts.length === 1) break;
  }
  return judged(reproducer, verdicts, sent, isRare);
}

const REFUSED =
  "the server answers 401, so the key or token is missing or wrong: set OPEN_SANDBOX_API_KEY, EXECD_ACCESS_TOKEN or " +
  "OPENSANDBOX_EGRESS_AUTH as in the run that failed";

/** Whether the subject refused every request of a check, or the first sandbox that it needs. */
function isRefused(verdict: Verdict, record: CaseRecord | undefined): boolean {
  if (verdict.status === "blocked" && verdict.by.includes("status 401")) return true;
  const answers = record?.exchanges.filter((exchange) => exchange !== undefined) ?? [];
  return answers.length > 0 && answers.every((exchange) => statusOf(exchange) === 401);
}

async function tryOnce(
  { seed, depth, path, sandbox, generated }: ReproducerCase,
  check: Check,
  subject: Subject,
  signal: AbortSignal | undefined,
): Promise<ConformanceReport> {
  let report: ConformanceReport | undefined;
  await conductRun({
    subject: subject.kind === "server" ? likeRecordedServer(subject, path, sandbox) : subject,
    options: resolveConformanceOptions({ seed, depth, checks: [check] }),
    checks: [check],
    catalogue: readCatalogue(),
    signal: signal ?? new AbortController().signal,
    ...(generated === undefined ? {} : { replayed: generated }),
    emit: (progress) => void (report = progress.type === "finished" ? progress.report : report),
  });
  if (report === undefined) throw new Error("a run ends in its report");
  return report;
}

/** A secret variable of the recorded sandboxes that the subject does not have. */
function missingVariable({ sandbox }: ReproducerCase, subject: Subject): string | undefined {
  if (subject.kind === "rule" || subject.lifecycle === undefined) return undefined;
  const { secretEnv = {} } = subject.lifecycle;
  return sandbox?.secretEnv?.find((name) => !(name in secretEnv));
}

function likeRecordedServer(
  server: ServerSubject,
  access: AccessPath,
  sandbox: SandboxSetup | undefined,
): ServerSubject {
  const { lifecycle } = server;
  return {
    ...server,
    access,
    ...(lifecycle === undefined || sandbox === undefined ? {} : { lifecycle: likeRecorded(lifecycle, sandbox) }),
  };
}

function judged(
  reproducer: ReproducerCase,
  verdicts: readonly Verdict[],
  sent: ReplayAnswer["sent"],
  isRare: boolean,
): ReplayAnswer {
  const tries = verdicts.length;
  const hits = verdicts.filter((verdict) => isSame(reproducer, verdict)).length;
  const reason = reasonText(reproducer.reason);
  const answer = (name: ReplayAnswer["answer"], text: string): ReplayAnswer => ({
    answer: name,
    text: `${name}${text}`,
    tries,
    hits,
    verdicts,
    sent,
  });
  if (hits === tries) return answer("STILL-FAILING", `: ${reason}`);
  if (hits > 0) return answer("FLAKY", ` ${hits} of ${tries}: ${reason}`);
  if (isRare)
    return answer(
      "CANNOT-REPLAY",
      `: not reproduced in ${tries * (reproducer.times?.of ?? 1)}, which is no proof of a repair`,
    );
  return answer("FIXED", `: ${reproducer.check} passes ${tries} times out of ${tries}`);
}

function isSame({ reason }: ReproducerCase, verdict: Verdict): boolean {
  return (
    (verdict.status === "fail" || verdict.status === "warn" || verdict.status === "flaky") &&
    verdict.reason.clause === reason.clause &&
    verdict.reason.invariant === reason.invariant
  );
}
