export interface RetryDelayQuestion {
  /** Attempts made so far: 1 after the first one failed. */
  readonly attempt: number;
  /** Milliseconds before the second attempt, doubled for each further one. */
  readonly baseDelayMs: number;
  /** Upper bound of the result. */
  readonly maxDelayMs: number;
  /** Uniform in [0, 1), for example `Math.random`. */
  readonly random: () => number;
}

/**
 * Calculates how many milliseconds to wait before the next attempt: exponential with jitter over its upper half, never
 * more than `maxDelayMs`. Where the server says when to come back (`Retry-After`), wait at least that long.
 */
export function retryDelayMs({ attempt, baseDelayMs, maxDelayMs, random }: RetryDelayQuestion): number {
  const exponential = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.max(0, attempt - 1));
  return exponential * (0.5 + random() / 2);
}
