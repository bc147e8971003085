/** Longest delay of a timer of the platform; a longer one would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Runs `action` after `delayMs`, also beyond the 2^31 ms a platform timer can wait; returns the cancellation. */
export function startLongTimer(delayMs: number, action: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
    timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : action()), stepMs);
  };
  arm(delayMs);
  return () => clearTimeout(timer);
}
