/** Longest delay of a platform timer; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export interface LongTimerOptions {
  /** True lets a Node process end although the timer waits. */
  readonly unref?: boolean;
}

/**
 * Calls back once after `delayMs` milliseconds, however many they are; returns what cancels it. `Infinity` never calls
 * back.
 */
export function startLongTimer(
  delayMs: number,
  callback: () => void,
  { unref = false }: LongTimerOptions = {},
): () => void {
  if (delayMs === Infinity) return () => undefined;
  let leftMs = delayMs;
  let handle = arm();

  function arm(): ReturnType<typeof setTimeout> {
    const stepMs = Math.min(leftMs, MAX_DELAY_MS);
    leftMs -= stepMs;
    const timer: unknown = setTimeout(() => {
      if (leftMs > 0) handle = arm();
      else callback();
    }, stepMs);
    if (unref) letProcessEnd(timer);
    return timer as ReturnType<typeof setTimeout>;
  }

  return () => clearTimeout(handle);
}

/** Browsers give numbers, Node gives objects that can let the process go. */
function letProcessEnd(timer: unknown): void {
  const { unref } = Object(timer) as { readonly unref?: unknown };
  if (typeof unref === "function") unref.call(timer);
}
