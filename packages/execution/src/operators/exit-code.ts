import { filter, map, type OperatorFunction } from "rxjs";
import { inferExitCode, type ExecutionEvent } from "@rxsandbox/protocol";

/** Emits the exit code when the command or session run ends; `null` for an error without one, -1 for a signal. Errors as its source. */
export function exitCode(): OperatorFunction<ExecutionEvent, number | null> {
  return (source) =>
    source.pipe(
      filter((event) => event.type === "error" || event.type === "execution_complete"),
      map((event) => inferExitCode(event.type === "error" ? { error: event.error, complete: false } : { error: null, complete: true })),
    );
}
