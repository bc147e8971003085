import { Observable, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { ProtocolError } from "@rxsandbox/transport";
import { executionEnd, type ExecutionEnd } from "../execution-end.js";
import { createOutputCollector, type CollectedOutput } from "./collected-output.js";
import type { TextOptions } from "./output-texts.js";

/** One execution, whole. */
export interface Execution extends CollectedOutput {
  readonly end: ExecutionEnd;
}

/**
 * Collects a run and emits it when it has ended. Errors as its source, and then the output is lost: see
 * `collectOutput`.
 *
 * Of code that sent both terminal events the `error` is the end, in whatever order they came. Errors `protocol` when
 * the source completes without a terminal event, which means that an operator before this one cut the run. Bounds:
 * `maxOutputBytes` per stream (16 MiB when absent), beginning and end kept; `truncated` says so. The first 1000
 * results.
 *
 * @example
 * const { end } = await lastValueFrom(sandbox.commands.run("exit 3").pipe(toExecution()));
 * end; // => { kind: "exited", exitCode: 3 }
 */
export function toExecution({ maxOutputBytes }: TextOptions = {}): OperatorFunction<ExecutionEvent, Execution> {
  createOutputCollector(maxOutputBytes); // A wrong bound is thrown here, at the call.
  return (source) =>
    new Observable((subscriber) => {
      const collector = createOutputCollector(maxOutputBytes);
      return source.subscribe({
        next: (event) => collector.add(event),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          const terminal = collector.terminal();
          if (terminal === undefined) {
            const detail = "the run was cut by an operator before toExecution(), such as take or takeUntil";
            const advice = "to keep the output of such a run, use collectOutput()";
            subscriber.error(new ProtocolError({ what: "Collect execution", detail, advice }));
            return;
          }
          subscriber.next({ ...collector.output(), end: executionEnd(terminal) });
          subscriber.complete();
        },
      });
    });
}
