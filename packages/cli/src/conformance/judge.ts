import { lastValueFrom, tap } from "rxjs";
import {
  type ConformanceOptions,
  type ConformanceProgress,
  InvalidArgumentError,
  readBaseline,
  runConformance,
  type SelfCheckResult,
  type Subject,
  writeReports,
} from "@rxsandbox/conformance";
import { interruption } from "../interruption.js";
import { startProgress } from "../progress.js";
import type { Terminal } from "../terminal.js";
import { conclusionText } from "./conclusion-text.js";
import type { RunOptions } from "./server-options.js";

/** Exit codes of `conformance` where there is no conclusion to take one from. */
export const conformanceExit = { inconclusive: 2, usage: 3, unreachable: 4, harness: 5 } as const;

/**
 * Judges a subject with a progress line, writes the reports and prints what they say; gives the exit code of the
 * conclusion.
 *
 * @param selfCheck - what a self-check on the same subject gave, where one was made
 */
export async function judge(
  subject: Subject,
  options: RunOptions,
  terminal: Terminal,
  selfCheck?: SelfCheckResult,
): Promise<number> {
  const stop = new AbortController();
  let wanted: ConformanceOptions;
  let run: ReturnType<typeof runConformance>;
  try {
    wanted = { ...runOptions(options), signal: stop.signal, ...(selfCheck === undefined ? {} : { selfCheck }) };
    run = runConformance(subject, wanted);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    await terminal.err(`rxsandbox: ${error.message}\n`);
    return conformanceExit.usage;
  }
  const progress = startProgress(terminal);
  const interrupted = interruption().subscribe({ next: () => stop.abort(), error: () => stop.abort() });
  try {
    const last = await lastValueFrom(run.pipe(tap((step) => sayProgress(step, terminal, progress.say))));
    progress.clear();
    if (last.type !== "finished") throw new Error("the run ended without a report");
    const paths = await writeReports(last.report, last.json, options.out);
    await terminal.out(conclusionText(last.report, paths));
    return last.report.conclusion.exitCode;
  } catch (error) {
    progress.fail("The run failed");
    await terminal.err(`rxsandbox: ${error instanceof Error ? error.message : String(error)}\n`);
    return conformanceExit.harness;
  } finally {
    interrupted.unsubscribe();
  }
}

function runOptions({
  depth,
  capability,
  filter,
  shard,
  seed,
  budget,
  concurrency,
  baseline,
  gate,
}: RunOptions): ConformanceOptions {
  return {
    ...(depth === undefined ? {} : { depth }),
    ...(capability === undefined ? {} : { capabilities: capability }),
    ...(filter === undefined ? {} : { filter }),
    ...(shard === undefined ? {} : { shard }),
    ...(seed === undefined ? {} : { seed }),
    ...(budget === undefined ? {} : { budgetMs: budget * 1000 }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(baseline === undefined ? {} : { baseline: readBaseline(baseline) }),
    ...(gate === undefined ? {} : { gate }),
  };
}

function sayProgress(step: ConformanceProgress, terminal: Terminal, say: (text: string) => void): void {
  switch (step.type) {
    case "started":
      void terminal.out(`seed ${step.seed}, ${step.checks} checks\n`);
      return;
    case "check-finished": {
      const { check, verdict } = step.result;
      if (terminal.isInteractive)
        say(`${step.done} of ${step.of}, about ${step.secondsLeft} s left: ${check} ${verdict.status}`);
      else if (verdict.status === "fail" || verdict.status === "error" || verdict.status === "flaky")
        say(`${step.done} of ${step.of}: ${check} ${verdict.status}`);
      return;
    }
    case "check-started":
    case "case":
      if (terminal.isInteractive) say(`${step.check}${step.type === "case" ? `: ${step.what}` : ""}`);
      return;
    case "cleaning-up":
      say("Deleting what the run created");
      return;
    case "finished":
  }
}
