import { InvalidArgumentError, after } from "@rxsandbox/transport";
import { type Observable, distinctUntilChanged, repeat } from "rxjs";
import type { EgressPolicy } from "./egress-policy.js";

/** How often to look for a change. */
export interface WatchEgressPolicyOptions {
  /** Seconds between an answer and the next question; 5 when absent. */
  readonly intervalSeconds?: number;
}

const DEFAULT_INTERVAL_SECONDS = 5;

/** Reads the interval in milliseconds, or throws. */
export function readInterval(options: unknown): number {
  if (typeof options !== "object" || options === null) throw new InvalidArgumentError("options", "must be an object");
  for (const name of Object.keys(options))
    if (name !== "intervalSeconds") throw new InvalidArgumentError(name, "is not a known option");
  const { intervalSeconds: seconds = DEFAULT_INTERVAL_SECONDS } = options as { readonly intervalSeconds?: unknown };
  if (typeof seconds !== "number" || !Number.isFinite(seconds))
    throw new InvalidArgumentError("intervalSeconds", "must be a finite number");
  if (seconds <= 0) throw new InvalidArgumentError("intervalSeconds", "must be more than 0");
  return seconds * 1000;
}

/** Asks again and again, each time `intervalMs` after the answer; emits the first policy and then each that differs from the one before. */
export function watchPolicy(getPolicy: Observable<EgressPolicy>, intervalMs: number): Observable<EgressPolicy> {
  return getPolicy.pipe(repeat({ delay: () => after(intervalMs) }), distinctUntilChanged(isSamePolicy));
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
