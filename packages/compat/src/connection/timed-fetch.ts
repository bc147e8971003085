/** The platform's `fetch`, aborted after some seconds until the answer's head is there; 0 or negative never. */
export function timedFetch(seconds: number): typeof globalThis.fetch {
  return async (input, init = {}) => {
    if (seconds <= 0) return globalThis.fetch(input, init);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new DOMException(`No answer within ${seconds} s`, "TimeoutError")), Math.min(seconds * 1000, LONGEST_TIMER_MS));
    const given = init.signal ?? (input instanceof Request ? input.signal : undefined);
    try {
      return await globalThis.fetch(input, { ...init, signal: given == null ? limit.signal : AbortSignal.any([limit.signal, given]) });
    } finally {
      clearTimeout(timer);
    }
  };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
