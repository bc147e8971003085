/** Milliseconds between two looks: short while something changes, then longer and longer. */
const SHORTEST_MS = 1000;
const LONGEST_MS = 5000;
/** After looks that failed. */
const LONGEST_FAILING_MS = 30_000;
const GROWTH = 1.5;
const JITTER = 0.2;

export interface WatchInterval {
  /** The pause after a look; `random` is from 0 to 1. */
  next(look: "busy" | "calm" | "failed", random?: number): number;
}

/**
 * Paces a watch. `busy`: something changed, or a server is at work on a sandbox; `calm`: nothing did; `failed`: the
 * look gave no answer. Spread by 20 % either way, so that many clients drift apart.
 */
export function createWatchInterval(): WatchInterval {
  let ms = SHORTEST_MS;
  return {
    next(look, random = Math.random()) {
      const longest = look === "failed" ? LONGEST_FAILING_MS : LONGEST_MS;
      const pause = look === "busy" ? SHORTEST_MS : Math.min(ms, longest);
      ms = Math.min(pause * GROWTH, longest);
      return pause * (1 - JITTER + 2 * JITTER * random);
    },
  };
}
