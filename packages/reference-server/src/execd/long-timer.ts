/** Runs `action` after `delayMs`, also beyond the 2^31 ms a platform timer can wait; returns the cancellation. */
export function startLongTimer(delayMs: number, action: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, MAX_TIMER_MS);
    timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : action()), stepMs);
  };
  arm(delayMs);
  return () => clearTimeout(timer);
}

const MAX_TIMER_MS = 2 ** 31 - 1;
