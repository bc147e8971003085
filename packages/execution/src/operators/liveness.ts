import { Observable, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { readOptions, readPositive } from "@rxsandbox/transport/calls";

/** A day: an interval above 24.8 days would fire all the time. */
const LONGEST_LOOK_MS = 86_400_000;

/**
 * `connecting` until the first event; `live` while output comes; `quiet` when only pings have come for a while; `stalled` when not even
 * three pings came; `ended` after the terminal event.
 */
export type Liveness = "connecting" | "live" | "quiet" | "stalled" | "ended";

export interface LivenessOptions {
  /** Milliseconds between two pings of the server; 3000 when absent (`execd.md` 2.2). */
  readonly pingMs?: number;
}

/**
 * Turns a run into its liveness: emits the state at subscribe and at each change, completes and errors with its source.
 *
 * Stalled does not end anything: a proxy may hold a stream for longer (`lifecycle.md` 2.2), and the next event makes it live again.
 */
export function liveness(options: LivenessOptions = {}): OperatorFunction<ExecutionEvent, Liveness> {
  const { pingMs = 3000 } = readOptions(options, { pingMs: readPositive });
  // Three pings missed, and half of one for the way.
  const stalledMs = 3.5 * pingMs;
  return (source) =>
    new Observable((subscriber) => {
      let state: Liveness | undefined;
      let lastOutputAt = Date.now();
      let lastEventAt = lastOutputAt;
      const enter = (next: Liveness): void => {
        if (state === next) return;
        state = next;
        subscriber.next(next);
      };
      // One timer per stream that looks now and then, not one per event.
      const timer = setInterval(
        () => {
          const now = Date.now();
          if (state === "ended") return;
          if (now - lastEventAt >= stalledMs) enter("stalled");
          else if (state !== "connecting" && now - lastOutputAt >= pingMs) enter("quiet");
        },
        Math.min(pingMs / 6, LONGEST_LOOK_MS),
      );
      subscriber.add(() => clearInterval(timer));
      enter("connecting");
      subscriber.add(
        source.subscribe({
          next: (event) => {
            // Code tells of results after its end.
            if (state === "ended") return;
            lastEventAt = Date.now();
            if (event.type === "error" || event.type === "execution_complete") return enter("ended");
            if (event.type !== "ping") lastOutputAt = lastEventAt;
            enter(lastEventAt - lastOutputAt >= pingMs ? "quiet" : "live");
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            enter("ended");
            subscriber.complete();
          },
        }),
      );
    });
}
