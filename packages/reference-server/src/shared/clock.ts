import { LONGEST_TIMER_MS } from "./long-timer.js";

/** Time as the server sees it, so that tests can let an hour pass at once. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once at `atMs` (milliseconds since the epoch); returns the cancellation. */
  callAt(atMs: number, action: () => void): () => void;
}

/** The machine's own clock; its timers never hold the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  callAt(atMs, action) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const remainingMs = Math.max(0, atMs - Date.now());
      timer = setTimeout(remainingMs > LONGEST_TIMER_MS ? arm : action, Math.min(remainingMs, LONGEST_TIMER_MS));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};
