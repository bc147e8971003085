import { poll, readOptions, readSecondsAsMs, type ApiConnection } from "@rxsandbox/transport/calls";
import { type Observable, distinctUntilChanged } from "rxjs";
import type { EgressPolicy } from "./egress-policy.js";

/** How often to look for a change. */
export interface WatchEgressPolicyOptions {
  /** Seconds between an answer and the next question; 5 when absent. */
  readonly intervalSeconds?: number;
}

const DEFAULT_INTERVAL_MS = 5000;

/** Reads the interval in milliseconds, or throws. */
export function readInterval(options: WatchEgressPolicyOptions): number {
  return readOptions(options, { intervalSeconds: readSecondsAsMs }).intervalSeconds ?? DEFAULT_INTERVAL_MS;
}

/**
 * Asks again and again, each time `intervalMs` after the answer; emits the first policy and then each that differs from
 * the one before.
 */
export function watchPolicy(
  connection: ApiConnection,
  getPolicy: Observable<EgressPolicy>,
  intervalMs: number,
): Observable<EgressPolicy> {
  return poll(connection, () => getPolicy, { delayMs: () => intervalMs }).pipe(distinctUntilChanged(isSamePolicy));
}

/** The order of rules is their priority (`egress.md` 2.2). */
function isSamePolicy(one: EgressPolicy, other: EgressPolicy): boolean {
  return (
    one.defaultAction === other.defaultAction &&
    one.egress.length === other.egress.length &&
    one.egress.every(
      (rule, index) => rule.action === other.egress[index]?.action && rule.target === other.egress[index].target,
    )
  );
}
