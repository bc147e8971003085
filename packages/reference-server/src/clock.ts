/** Time as the server sees it, so that tests can let an hour pass at once. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once at `atMs` (milliseconds since the epoch); returns the cancellation. */
  callAt(atMs: number, action: () => void): () => void;
}

/** Longest delay that a timer of the platform holds; a longer one would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's own clock; its timers never hold the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  callAt(atMs, action) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const remainingMs = atMs - Date.now();
      timer =
        remainingMs > LONGEST_DELAY_MS
          ? setTimeout(arm, LONGEST_DELAY_MS)
          : setTimeout(action, Math.max(0, remainingMs));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};
