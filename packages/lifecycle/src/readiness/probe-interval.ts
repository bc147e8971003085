import { adaptiveDelay } from "@rxsandbox/transport/calls";

/**
 * Milliseconds until the next probe: a fifth of the time waited so far, between 20 ms and 4 s, spread by 20 % either
 * way.
 */
export function probeInterval(elapsedMs: number): number {
  return adaptiveDelay({ minMs: 20, maxMs: 4000 }, elapsedMs);
}
