import { httpDateMs } from "@rxsandbox/protocol";

/** The clock of a server, learned from its answers. */
export interface ServerClock {
  /** Unix milliseconds by the server's clock; by this machine's until an answer shows that they differ. */
  nowMs(): number;
  /** Whether an answer has come; a browser may hide its `Date` anyway. */
  hasHeard(): boolean;
  /** Takes the `Date` header of an answer to a request that was sent `durationMs` ago. */
  hear(date: string | undefined, durationMs: number): void;
}

/**
 * Creates the clock of a server that has not answered yet. The latest answer counts.
 *
 * Bounds: right within a second and the time of one exchange; exactly this machine's clock while the two can agree.
 */
export function createServerClock(): ServerClock {
  let offsetMs = 0;
  let hasHeard = false;
  return {
    nowMs: () => Date.now() + offsetMs,
    hasHeard: () => hasHeard,
    hear(date, durationMs) {
      hasHeard = true;
      const atMs = httpDateMs(date);
      if (atMs === undefined) return;
      // The server wrote its whole seconds at some moment of the exchange.
      const leastMs = atMs - Date.now();
      const mostMs = leastMs + 1000 + durationMs;
      offsetMs = leastMs <= 0 && mostMs >= 0 ? 0 : (leastMs + mostMs) / 2;
    },
  };
}
