import { Observable, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { executionEnd, type ExecutionEnd } from "../execution-end.js";
import { isAbort } from "./abort-with.js";
import { createOutputCollector, type CollectedOutput } from "./collected-output.js";
import type { TextOptions } from "./output-texts.js";

/** Why no more output comes. */
export type RunOutcome =
  /** The execution ended. */
  | { readonly kind: "ended"; readonly end: ExecutionEnd }
  /** This side stopped reading: an operator completed the run, or `abortWith` did. */
  | { readonly kind: "cancelled" }
  /** The run failed before its end. What the execution did after that is unknown. */
  | { readonly kind: "lost"; readonly error: unknown };

/** The output of one execution, whether it ended or not. */
export interface RunOutput extends CollectedOutput {
  readonly outcome: RunOutcome;
}

/**
 * Collects a run and emits its output once, also when it was cancelled or lost: `outcome` says which.
 *
 * Emits one value and completes; never errors. A run that `take`, `takeUntil` or `abortWith` cut is `cancelled`; every
 * other error is `lost`. `abortWith` has to stand before this operator, and its signal's reason has to be an object, as
 * the default one is. Unsubscribe ends the run and emits nothing. Bounds: `maxOutputBytes` per stream (16 MiB when
 * absent), beginning and end kept; `truncated` says so. The first 1000 results.
 *
 * @example
 * const events = sandbox.commands.run("echo started; sleep 60").pipe(takeUntil(timer(2000)));
 * const { stdout, outcome } = await lastValueFrom(events.pipe(collectOutput()));
 * stdout.text; // => "started\n"
 * outcome; // => { kind: "cancelled" }
 */
export function collectOutput({ maxOutputBytes }: TextOptions = {}): OperatorFunction<ExecutionEvent, RunOutput> {
  createOutputCollector(maxOutputBytes); // A wrong bound is thrown here, at the call.
  return (source) =>
    new Observable((subscriber) => {
      const collector = createOutputCollector(maxOutputBytes);
      const finish = (outcome: RunOutcome): void => {
        subscriber.next({ ...collector.output(), outcome });
        subscriber.complete();
      };
      return source.subscribe({
        next: (event) => collector.add(event),
        error: (error: unknown) => finish(isAbort(error) ? { kind: "cancelled" } : { kind: "lost", error }),
        complete: () => {
          const terminal = collector.terminal();
          finish(terminal === undefined ? { kind: "cancelled" } : { kind: "ended", end: executionEnd(terminal) });
        },
      });
    });
}
