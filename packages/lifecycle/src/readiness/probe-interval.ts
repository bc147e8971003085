const MIN_MS = 20;
const MAX_MS = 4000;
const JITTER = 0.2;

/**
 * Milliseconds until the next probe: a fifth of the time waited so far, between 20 ms and 4 s, spread by 20 % either way so that many
 * waiters drift apart. `random` is from 0 to 1.
 */
export function probeInterval(elapsedMs: number, random: number): number {
  const base = Math.min(MAX_MS, Math.max(MIN_MS, elapsedMs / 5));
  return base * (1 - JITTER + 2 * JITTER * random);
}
