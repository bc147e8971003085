import type { ExecutionError, ExecutionEvent } from "@rxsandbox/protocol";
import { codeResult, type CodeResult } from "../code/code-result.js";
import type { EndEvent } from "../execution-end.js";
import { createKeptText, type CapturedText } from "./kept-text.js";
import { isOutput, writtenText } from "./written-text.js";

/** What an execution has told so far. */
export interface CollectedOutput {
  /** Of the command, session or code context that ran; empty when it was not told. */
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
  /** Milliseconds by the server's measure; `null` when it did not end with `execution_complete`. */
  readonly executionTimeMs: number | null;
}

/** A kernel sends one result for a run; this is for servers that do otherwise. */
const MAX_RESULTS = 1000;

/** Folds the events of one execution, within bounds. */
export interface OutputCollector {
  add(event: ExecutionEvent): void;
  output(): CollectedOutput;
  /**
   * The event that ended it, once there is one. Of code that sent both terminal events it is the `error`, in whatever
   * order they came.
   */
  terminal(): EndEvent | undefined;
}

/**
 * Keeps `maxOutputBytes` of each stream, 16 MiB when absent, and 1000 results. Throws `InvalidArgumentError` for a
 * wrong bound.
 */
export function createOutputCollector(maxOutputBytes: number | undefined): OutputCollector {
  const stdout = createKeptText(maxOutputBytes);
  const stderr = createKeptText(maxOutputBytes);
  const results: CodeResult[] = [];
  let omittedResults = 0;
  let id = "";
  let executionCount: number | null = null;
  let executionTimeMs: number | null = null;
  let terminal: EndEvent | undefined;

  return {
    add(event) {
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
    output: () => ({
      id,
      stdout: stdout.result(),
      stderr: stderr.result(),
      results: [...results],
      omittedResults,
      executionCount,
      executionTimeMs,
      error: terminal?.type === "error" ? terminal.error : null,
    }),
    terminal: () => terminal,
  };
}
