import { startLongTimer } from "../../shared/long-timer.js";

/** Resolves after a while, however long. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => startLongTimer(durationMs, resolve));
}
