import { isKeyHeader } from "./tenant-key.js";

/**
 * The platform's `fetch`, aborted after some seconds until the answer's head is there; 0 or negative never.
 *
 * Adds the headers that `headersFor` gives for an address, unless they are set. A request with the tenant key does not
 * follow a redirect, which could carry it to another server.
 */
export function createTimedFetch(
  seconds: number,
  headersFor: (url: string) => Readonly<Record<string, string>> = () => ({}),
): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const request = input instanceof Request ? input : undefined;
    const prepared = withHeaders(init, request, headersFor(request?.url ?? String(input)));
    const given = init.signal ?? request?.signal;
    if (given == null && seconds <= 0) return globalThis.fetch(input, prepared);
    const stop = new AbortController();
    if (given != null) abortWith(stop, given);
    const timer =
      seconds > 0
        ? setTimeout(() => stop.abort(timeoutError(seconds)), Math.min(seconds * 1000, LONGEST_TIMER_MS))
        : undefined;
    try {
      const response = await globalThis.fetch(input, { ...prepared, signal: stop.signal });
      keepWith(response, { stop, request });
      return response;
    } finally {
      clearTimeout(timer);
    }
  };
}

/**
 * What an abort reaches the exchange through, kept for as long as the answer or its body lives. Node passes an abort on
 * to what it refers to weakly: once a controller or request on the way is garbage collected, an abort does nothing and
 * the connection stays open.
 */
const kept = new WeakMap<object, unknown>();

function keepWith(response: Response, what: unknown): void {
  kept.set(response, what);
  // The body may outlive the answer: `(await fetch(url)).body`.
  if (response.body != null) kept.set(response.body, what);
}

/** Removes the listeners of exchanges that are over, so that a signal that lives long does not collect them. */
const followers = new FinalizationRegistry<() => void>((remove) => remove());

function abortWith(stop: AbortController, signal: AbortSignal): void {
  if (signal.aborted) return stop.abort(signal.reason);
  const target = new WeakRef(stop);
  const onAbort = (): void => target.deref()?.abort(signal.reason);
  signal.addEventListener("abort", onAbort);
  followers.register(stop, () => signal.removeEventListener("abort", onAbort));
}

function timeoutError(seconds: number): DOMException {
  return new DOMException(`No answer within ${seconds} s`, "TimeoutError");
}

function withHeaders(
  init: RequestInit,
  request: Request | undefined,
  added: Readonly<Record<string, string>>,
): RequestInit {
  if (Object.keys(added).length === 0) return init;
  const headers = new Headers(init.headers ?? request?.headers);
  for (const [name, value] of Object.entries(added)) if (!headers.has(name)) headers.set(name, value);
  return { ...init, headers, ...(Object.keys(added).some(isKeyHeader) && { redirect: "manual" }) };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
