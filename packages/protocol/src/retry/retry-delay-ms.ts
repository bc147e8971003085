export interface RetryDelayQuestion {
  /** Attempts made so far: 1 after the first one failed. */
  readonly attempt: number;
  /** Milliseconds before the second attempt, doubled for each further one. */
  readonly baseDelayMs: number;
  /** Upper bound of the result, for `Retry-After` too. */
  readonly maxDelayMs: number;
  /** Value of the answer's `Retry-After` header: seconds, or an HTTP date. Anything else counts as absent. */
  readonly retryAfter?: string | undefined;
  /** Uniform in [0, 1), for example `Math.random`. */
  readonly random: () => number;
  /** Unix milliseconds against which an HTTP date is measured; the clock of this machine unless given. */
  readonly nowMs?: number | undefined;
}

/**
 * Tells how many milliseconds to wait before the next attempt: exponential with jitter over its upper half, at least what
 * `Retry-After` asks for, never more than `maxDelayMs`.
 */
export function retryDelayMs({ attempt, baseDelayMs, maxDelayMs, retryAfter, random, nowMs }: RetryDelayQuestion): number {
  const exponential = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.max(0, attempt - 1));
  const jittered = exponential * (0.5 + random() / 2);
  const asked = retryAfter === undefined ? 0 : retryAfterMs(retryAfter.trim(), nowMs);
  return Math.min(maxDelayMs, Math.max(jittered, asked));
}

const weekday = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

function retryAfterMs(value: string, nowMs = Date.now()): number {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // `Date.parse` takes nearly any text for a date; all three HTTP forms begin with a weekday and mean GMT.
  if (!weekday.test(value)) return 0;
  const dateMs = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(dateMs) ? 0 : Math.max(0, dateMs - nowMs);
}
