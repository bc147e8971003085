import { filter, map, takeLast, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { executionEnd, type EndEvent } from "../execution-end.js";

/**
 * Emits the exit code when the command or session run has ended; `null` for an error without one and for code, -1 for a
 * signal. Errors as its source.
 */
export function exitCode(): OperatorFunction<ExecutionEvent, number | null> {
  return (source) =>
    source.pipe(
      filter((event): event is EndEvent => event.type === "error" || event.type === "execution_complete"),
      // Code may have two ends.
      takeLast(1),
      map((event) => {
        const end = executionEnd(event);
        if (end.kind === "exited") return end.exitCode;
        return end.kind === "signalled" ? -1 : null;
      }),
    );
}
