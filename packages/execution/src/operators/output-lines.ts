import { Observable, map, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { isOutput, type OutputStream } from "./written-text.js";

/** One line of output, without its line end. */
export interface OutputLine {
  readonly stream: OutputStream;
  readonly text: string;
}

/**
 * Emits the lines of both streams, labelled, as they arrive. The order across streams is the server's, which polls them
 * apart.
 *
 * Lines of a command pass through; chunks, which code gives, are cut at LF and a last piece without LF is emitted at
 * the end. Bounds: holds one unfinished line per stream.
 */
export function outputLines(): OperatorFunction<ExecutionEvent, OutputLine> {
  return linesOf(undefined);
}

/** Emits the lines of standard output as they arrive. */
export function stdoutLines(): OperatorFunction<ExecutionEvent, string> {
  return (source) =>
    source.pipe(
      linesOf("stdout"),
      map(({ text }) => text),
    );
}

/** Emits the lines of standard error as they arrive. Sessions have none. */
export function stderrLines(): OperatorFunction<ExecutionEvent, string> {
  return (source) =>
    source.pipe(
      linesOf("stderr"),
      map(({ text }) => text),
    );
}

function linesOf(only: OutputStream | undefined): OperatorFunction<ExecutionEvent, OutputLine> {
  return (source) =>
    new Observable((subscriber) => {
      const unfinished: Record<OutputStream, string[]> = { stdout: [], stderr: [] };

      function chunk(stream: OutputStream, text: string): void {
        const pieces = text.split("\n");
        const rest = pieces.pop()!;
        for (const piece of pieces) {
          const line = [...unfinished[stream].splice(0), piece].join("");
          subscriber.next({ stream, text: line.endsWith("\r") ? line.slice(0, -1) : line });
        }
        if (rest !== "") unfinished[stream].push(rest);
      }

      return source.subscribe({
        next: (event) => {
          if (!isOutput(event, only)) return;
          const { type: stream, text } = event;
          if (event.unit === "chunk") chunk(stream, text);
          // A blank line is the text "\n", and a server may leave the line end on any line (divergence X08).
          else
            subscriber.next({
              stream,
              text: text.endsWith("\n") ? text.slice(0, text.endsWith("\r\n") ? -2 : -1) : text,
            });
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          for (const stream of ["stdout", "stderr"] as const) {
            if (unfinished[stream].length > 0) subscriber.next({ stream, text: unfinished[stream].join("") });
          }
          subscriber.complete();
        },
      });
    });
}
