import { Observable, type OperatorFunction } from "rxjs";
import type { ExecutionError, ExecutionEvent } from "@rxsandbox/protocol";
import { ProtocolError } from "@rxsandbox/transport";
import { codeResult, type CodeResult } from "../code/code-result.js";
import { executionEnd, type ExecutionEnd, type TerminalEvent } from "../execution-end.js";
import { createKeptText, type CapturedText } from "./kept-text.js";
import type { TextOptions } from "./output-texts.js";
import { isOutput, writtenText } from "./written-text.js";

/** One execution, whole. */
export interface Execution {
  /** Of the command, session or code context that ran. */
  readonly id: string;
  readonly stdout: CapturedText;
  readonly stderr: CapturedText;
  /** Of code, whose result may be missing although it ran through (`measured.md` 2.3). */
  readonly results: readonly CodeResult[];
  /** Results beyond the first 1000. */
  readonly omittedResults: number;
  /** Of code: the number of the run in its context. */
  readonly executionCount: number | null;
  readonly error: ExecutionError | null;
  readonly end: ExecutionEnd;
  /** Milliseconds by the server's measure; `null` when it did not end with `execution_complete`. */
  readonly executionTimeMs: number | null;
}

/** A kernel sends one result for a run; this is for servers that do otherwise. */
const MAX_RESULTS = 1000;

/**
 * Collects a run and emits it when it has ended. Errors as its source.
 *
 * Of code that sent both terminal events the `error` is the end, in whatever order they came.
 * Bounds: `maxOutputBytes` per stream (16 MiB when absent), beginning and end kept; `truncated` says so. The first 1000 results.
 *
 * @example
 * const { end } = await lastValueFrom(sandbox.commands.run("exit 3").pipe(toExecution()));
 * end; // => { kind: "exited", exitCode: 3 }
 */
export function toExecution({ maxOutputBytes }: TextOptions = {}): OperatorFunction<ExecutionEvent, Execution> {
  createKeptText(maxOutputBytes); // A wrong bound is thrown here, at the call.
  return (source) =>
    new Observable((subscriber) => {
      const stdout = createKeptText(maxOutputBytes);
      const stderr = createKeptText(maxOutputBytes);
      const results: CodeResult[] = [];
      let omittedResults = 0;
      let id = "";
      let executionCount: number | null = null;
      let executionTimeMs: number | null = null;
      let terminal: TerminalEvent | undefined;
      return source.subscribe({
        next: (event) => {
          if (isOutput(event)) (event.type === "stdout" ? stdout : stderr).add(writtenText(event));
          else if (event.type === "init") id = event.id;
          else if (event.type === "result") {
            if (results.length < MAX_RESULTS) results.push(codeResult(event));
            else omittedResults += 1;
          } else if (event.type === "execution_count") ({ executionCount } = event);
          else if (event.type === "execution_complete") {
            ({ executionTimeMs } = event);
            terminal ??= event;
          } else if (event.type === "error") terminal = event;
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          if (terminal === undefined) {
            subscriber.error(
              new ProtocolError("Collect execution: the source completed without a terminal event [protocol]"),
            );
            return;
          }
          subscriber.next({
            id,
            stdout: stdout.result(),
            stderr: stderr.result(),
            results,
            omittedResults,
            executionCount,
            executionTimeMs,
            error: terminal.type === "error" ? terminal.error : null,
            end: executionEnd(terminal),
          });
          subscriber.complete();
        },
      });
    });
}
