import { Observable, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { readOptions, readPositive } from "@rxsandbox/transport/calls";

/** A day: an interval above 24.8 days would fire all the time. */
const LONGEST_LOOK_MS = 86_400_000;
/** Milliseconds between two pings of a real daemon (`execd.md` 2.2). */
export const DEFAULT_PING_MS = 3000;

/**
 * `connecting` until the first event; `live` while output comes; `quiet` when only pings have come for a while;
 * `stalled` when not even three pings came; `ended` after the terminal event.
 */
export type Liveness = "connecting" | "live" | "quiet" | "stalled" | "ended";

export interface LivenessOptions {
  /** Milliseconds between two pings of the server; 3000 when absent (`execd.md` 2.2). */
  readonly pingMs?: number;
}

/**
 * Turns a run into its liveness: emits the state at subscribe and at each change, completes and errors with its source.
 *
 * Stalled does not end anything: a proxy may hold a stream for longer (`lifecycle.md` 2.2), and the next event makes it
 * live again.
 */
export function liveness(options: LivenessOptions = {}): OperatorFunction<ExecutionEvent, Liveness> {
  const { pingMs = DEFAULT_PING_MS } = readOptions(options, { pingMs: readPositive });
  return (source) =>
    new Observable((subscriber) => {
      const watch = watchLiveness(pingMs, (state) => subscriber.next(state));
      subscriber.add(() => watch.stop());
      subscriber.next("connecting");
      subscriber.add(
        source.subscribe({
          next: (event) => watch.see(signOf(event)),
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            watch.see("end");
            subscriber.complete();
          },
        }),
      );
    });
}

/** What an event says about the liveness of its run. */
export type LifeSign = "output" | "ping" | "reconnecting" | "end";

/** The sign in an event of a run. */
export function signOf(event: ExecutionEvent): LifeSign {
  if (event.type === "error" || event.type === "execution_complete") return "end";
  return event.type === "ping" ? "ping" : "output";
}

export interface LivenessWatch {
  see(sign: LifeSign): void;
  stop(): void;
}

/**
 * Tells each change of liveness after `connecting`, until it is stopped. Where `hasPings` says no, silence is no
 * evidence.
 */
export function watchLiveness(
  pingMs: number,
  change: (state: Liveness) => void,
  hasPings: () => boolean = () => true,
): LivenessWatch {
  // Three pings missed, and half of one for the way.
  const stalledMs = 3.5 * pingMs;
  let state: Liveness = "connecting";
  let lastOutputAt = Date.now();
  let lastSignAt = lastOutputAt;

  function enter(next: Liveness): void {
    if (state === next) return;
    state = next;
    change(next);
  }

  // One timer per stream that looks now and then, not one per event.
  const timer = setInterval(
    () => {
      const now = Date.now();
      if (state === "ended") return;
      if (now - lastSignAt >= stalledMs && hasPings()) enter("stalled");
      else if (state === "live" && now - lastOutputAt >= pingMs) enter("quiet");
    },
    Math.min(pingMs / 6, LONGEST_LOOK_MS),
  );

  return {
    see(sign) {
      // Code tells of results after its end.
      if (state === "ended") return;
      if (sign === "end") return enter("ended");
      if (sign === "reconnecting") return enter("stalled");
      lastSignAt = Date.now();
      if (sign === "output") lastOutputAt = lastSignAt;
      enter(lastSignAt - lastOutputAt >= pingMs ? "quiet" : "live");
    },
    stop: () => clearInterval(timer),
  };
}
