import { inferExitCode, type ErrorEvent, type ExecutionCompleteEvent, type ExecutionError } from "@rxsandbox/protocol";

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
export type EndEvent = ErrorEvent | ExecutionCompleteEvent;

const signalText = /^signal: (.+)$/;

/**
 * Tells how a run ended, from its terminal event: a command or session run `exited`, `signalled` or `failed`, code
 * `completed` or `failed`.
 *
 * `-1` with a traceback line `signal: <name>` is a signal, `-1` alone is exit code -1. `event.run` says whether it is
 * code and whether the timeout was reached; an event without it is taken for one of a command. Code may send both
 * terminal events: then the `error` is its end.
 */
export function executionEnd(event: EndEvent): ExecutionEnd {
  if (event.run?.kind === "code")
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
    : { kind: "signalled", signal, probablyTimedOut: event.run?.reachedTimeout ?? false };
}
