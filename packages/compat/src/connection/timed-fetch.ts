import { isKeyHeader } from "./tenant-key.js";

/**
 * The platform's `fetch`, aborted after some seconds until the answer's head is there; 0 or negative never.
 *
 * Adds the headers that `headersFor` gives for an address, unless they are set. A request with the tenant key does not follow a redirect,
 * which could carry it to another server.
 */
export function timedFetch(seconds: number, headersFor: (url: string) => Readonly<Record<string, string>> = () => ({})): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const request = input instanceof Request ? input : undefined;
    const prepared = withHeaders(init, request, headersFor(request?.url ?? String(input)));
    if (seconds <= 0) return globalThis.fetch(input, prepared);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new DOMException(`No answer within ${seconds} s`, "TimeoutError")), Math.min(seconds * 1000, LONGEST_TIMER_MS));
    const given = init.signal ?? request?.signal;
    try {
      return await globalThis.fetch(input, { ...prepared, signal: given == null ? limit.signal : AbortSignal.any([limit.signal, given]) });
    } finally {
      clearTimeout(timer);
    }
  };
}

function withHeaders(init: RequestInit, request: Request | undefined, added: Readonly<Record<string, string>>): RequestInit {
  if (Object.keys(added).length === 0) return init;
  const headers = new Headers(init.headers ?? request?.headers);
  for (const [name, value] of Object.entries(added)) if (!headers.has(name)) headers.set(name, value);
  return { ...init, headers, ...(Object.keys(added).some(isKeyHeader) && { redirect: "manual" }) };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
