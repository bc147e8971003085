const weekday = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * Reads a `Retry-After` header: whole seconds, or an HTTP date, which is rounded up to seconds and never less than 0.
 * Anything else, and a number too large to count with, is `undefined`.
 *
 * `nowMs` is what a date is measured against, in Unix milliseconds: the answer's own `Date`, since the clock of this
 * machine may be wrong.
 */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | undefined {
  const value = header?.trim() ?? "";
  if (/^\d+$/.test(value)) return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
  const atMs = httpDateMs(value);
  return atMs === undefined ? undefined : Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}

/**
 * Reads an HTTP date in any of its three forms (RFC 9110, 5.6.7) as Unix milliseconds; `undefined` for anything else.
 */
export function httpDateMs(value: string | undefined): number | undefined {
  // `Date.parse` takes nearly any text for a date; all three HTTP forms begin with a weekday and mean GMT.
  if (value === undefined || !weekday.test(value)) return undefined;
  const atMs = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
