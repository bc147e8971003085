import { inferExitCode, type ErrorEvent, type ExecutionCompleteEvent, type ExecutionError } from "@rxsandbox/protocol";
import { sharedMarks } from "./shared-marks.js";

/** How an execution ended. A lost stream is no end: it is an error notification. */
export type ExecutionEnd =
  | { readonly kind: "exited"; readonly exitCode: number }
  /** Killed, interrupted or timed out; the wire cannot tell a timeout from a kill (`execd.md` 2.4). */
  | { readonly kind: "signalled"; readonly signal: string; readonly probablyTimedOut: boolean }
  /** An error without an exit code, for example a command that could not be started. */
  | { readonly kind: "failed"; readonly error: ExecutionError }
  /** Code that ran through; it has no exit code. */
  | { readonly kind: "completed" };

/** An event that ends an execution. */
export type TerminalEvent = ErrorEvent | ExecutionCompleteEvent;

/**
 * Terminal events of runs that lasted at least as long as the timeout their caller had set. Kept beside the events because it is a
 * fact about the run that no event carries, and because it has to survive any operator between the run and whoever asks.
 */
const timedOutEvents = sharedMarks<TerminalEvent>("timedOutEvents");

/** Remembers that the run behind this terminal event lasted at least its timeout. */
export function markProbablyTimedOut(event: TerminalEvent): void {
  timedOutEvents.add(event);
}

/** Terminal events of code, whose errors may hold a number as text (`raise ValueError(3)`) that is no exit code. */
const codeEvents = sharedMarks<TerminalEvent>("codeEvents");

/** Remembers that this terminal event is one of code. */
export function markCode(event: TerminalEvent): void {
  codeEvents.add(event);
}

const signalText = /^signal: (.+)$/;

/**
 * Tells how a run ended, from its terminal event: a command or session run `exited`, `signalled` or `failed`, code `completed` or `failed`.
 *
 * `-1` with a traceback line `signal: <name>` is a signal, `-1` alone is exit code -1. That it is one of code, and `probablyTimedOut`, is
 * known only for the very event object that the run emitted. Code may send both terminal events: then the `error` is its end.
 */
export function executionEnd(event: TerminalEvent): ExecutionEnd {
  if (codeEvents.has(event))
    return event.type === "error" ? { kind: "failed", error: event.error } : { kind: "completed" };
  if (event.type === "execution_complete") return { kind: "exited", exitCode: 0 };
  const exitCode = inferExitCode({ error: event.error, complete: false });
  if (exitCode === null) return { kind: "failed", error: event.error };
  const signal =
    exitCode === -1
      ? event.error.traceback.map((line) => signalText.exec(line.trim())?.[1]).find((name) => name !== undefined)
      : undefined;
  return signal === undefined
    ? { kind: "exited", exitCode }
    : { kind: "signalled", signal, probablyTimedOut: timedOutEvents.has(event) };
}
