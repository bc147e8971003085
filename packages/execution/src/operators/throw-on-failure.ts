import { Observable, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { SandboxError } from "@rxsandbox/transport";
import { executionEnd, type ExecutionEnd } from "../execution-end.js";
import { isOutput, writtenText } from "./written-text.js";

/** UTF-16 units that a {@link CommandFailedError} keeps of each stream. */
const MAX_TAIL_LENGTH = 4096;

/** What is known about a command that failed, beside its end. */
export interface CommandFailure {
  /**
   * The beginning of the command line or of the code, with known secrets masked; empty when unknown. At most 200
   * characters.
   */
  readonly command?: string | undefined;
  /** The last 4096 characters of standard output. */
  readonly stdout?: string;
  /** The last 4096 characters of standard error. */
  readonly stderr?: string;
}

/** A command that ended other than with exit code 0, for callers that asked to have that as an error. */
export class CommandFailedError extends SandboxError {
  override readonly name: string = "CommandFailedError";
  readonly end: ExecutionEnd;
  /** `null` when it did not exit by itself. */
  readonly exitCode: number | null;
  /** The signal that ended it, for example `killed`; else `null`. */
  readonly signal: string | null;
  /**
   * The beginning of the command line or of the code, with known secrets masked; empty when unknown. At most 200
   * characters.
   */
  readonly command: string;
  /**
   * The last 4096 characters of standard output, as the program wrote them: they may hold its secrets, and `message`
   * holds none of them.
   */
  readonly stdout: string;
  /** The same of standard error. */
  readonly stderr: string;

  constructor(end: ExecutionEnd, { command = "", stdout = "", stderr = "" }: CommandFailure = {}) {
    const [line = "", ...more] = command.trim().split("\n");
    const shown = command === "" ? "" : `: ${line}${more.length > 0 ? " …" : ""}`;
    super("command-failed", { detail: `The command ${describe(end)}${shown}` });
    this.end = end;
    this.exitCode = end.kind === "exited" ? end.exitCode : null;
    this.signal = end.kind === "signalled" ? end.signal : null;
    this.command = command;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

function describe(end: ExecutionEnd): string {
  if (end.kind === "exited") return `exited with ${end.exitCode}`;
  if (end.kind === "signalled") return `was ended by a signal (${end.signal})`;
  return "failed";
}

/**
 * Errors `command-failed` instead of passing on an end other than exit code 0; everything before it passes through.
 *
 * The {@link CommandFailedError} has the exit code or the signal, the command, and the last 4096 characters of each
 * stream.
 */
export function throwOnFailure(): OperatorFunction<ExecutionEvent, ExecutionEvent> {
  return (source) =>
    new Observable((subscriber) => {
      const stdout = createTail();
      const stderr = createTail();
      return source.subscribe({
        next: (event) => {
          if (isOutput(event)) (event.type === "stdout" ? stdout : stderr).add(writtenText(event));
          else if (event.type === "error") {
            const end = executionEnd(event);
            if (end.kind !== "exited" || end.exitCode !== 0) {
              const failure = { command: event.run?.source, stdout: stdout.text(), stderr: stderr.text() };
              return subscriber.error(new CommandFailedError(end, failure));
            }
          }
          subscriber.next(event);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

/** Keeps the end of a text, never half a character. Bounds: twice what it gives. */
function createTail(): { add(text: string): void; text(): string } {
  let kept = "";
  const cut = (text: string): string => {
    const end = text.slice(-MAX_TAIL_LENGTH);
    const startsInsidePair = end.length < text.length && /^[\uDC00-\uDFFF]/.test(end);
    return startsInsidePair ? end.slice(1) : end;
  };
  return {
    add(text) {
      kept += text.length > MAX_TAIL_LENGTH ? cut(text) : text;
      if (kept.length > 2 * MAX_TAIL_LENGTH) kept = cut(kept);
    },
    text: () => cut(kept),
  };
}
