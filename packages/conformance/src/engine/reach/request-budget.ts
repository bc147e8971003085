import { Unverifiable } from "../../model/outcome.js";

/**
 * Requests that an endpoint below `/proxy/` bears in one window: a real daemon keeps two descriptors of each for ten
 * minutes (`measured.md` 2.2).
 */
const LIMIT = 2_000;
const WINDOW_MS = 600_000;

/** Counts requests per endpoint. */
export interface RequestBudget {
  /** Counts one request. Throws `Unverifiable` when the endpoint has had its share. */
  spend(baseUrl: string): void;
  /** Requests of the current window. */
  spent(baseUrl: string): number;
}

/** Makes the budget of a run. Addresses without `/proxy/` in their path are not limited. */
export function requestBudget(now: () => number): RequestBudget {
  const windows = new Map<string, { since: number; count: number }>();
  const window = (baseUrl: string): { since: number; count: number } => {
    const known = windows.get(baseUrl);
    if (known !== undefined && now() - known.since < WINDOW_MS) return known;
    const fresh = { since: now(), count: 0 };
    windows.set(baseUrl, fresh);
    return fresh;
  };
  return {
    spend(baseUrl) {
      if (!baseUrl.includes("/proxy/")) return;
      const current = window(baseUrl);
      if (current.count >= LIMIT) throw new Unverifiable(`the endpoint has had ${LIMIT} requests in ten minutes`);
      current.count++;
    },
    spent: (baseUrl) => windows.get(baseUrl)?.count ?? 0,
  };
}
