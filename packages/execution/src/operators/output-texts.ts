import { Observable, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { createKeptText } from "./kept-text.js";
import { isOutput, writtenText, type OutputStream } from "./written-text.js";

/** How much output an operator keeps. */
export interface TextOptions {
  /**
   * Bytes of UTF-8 that are kept of each stream, half of them from the beginning and half from the end; 16 MiB when
   * absent.
   */
  readonly maxOutputBytes?: number;
}

/**
 * Emits standard output as one text when the run has ended. Errors as its source.
 *
 * Bounds: `maxOutputBytes`; of more, the middle is left out.
 */
export function stdoutText(options?: TextOptions): OperatorFunction<ExecutionEvent, string> {
  return textOf("stdout", options);
}

/** The same for standard error. Sessions have none: they merge it into standard output. */
export function stderrText(options?: TextOptions): OperatorFunction<ExecutionEvent, string> {
  return textOf("stderr", options);
}

function textOf(stream: OutputStream, options: TextOptions = {}): OperatorFunction<ExecutionEvent, string> {
  const { maxOutputBytes } = options;
  createKeptText(maxOutputBytes); // A wrong bound is thrown here, at the call.
  return (source) =>
    new Observable((subscriber) => {
      const kept = createKeptText(maxOutputBytes);
      return source.subscribe({
        next: (event) => {
          if (isOutput(event, stream)) kept.add(writtenText(event));
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          subscriber.next(kept.result().text);
          subscriber.complete();
        },
      });
    });
}
