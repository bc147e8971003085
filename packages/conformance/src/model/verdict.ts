import type { Capability } from "./check.js";
import type { ReasonCode } from "./reason-code.js";

/**
 * What made a pass worth something: the subject did a thing when it should (`positive`), and did another when it should
 * not (`negative`).
 */
export interface Evidence {
  readonly control: "positive" | "negative";
  /** What was seen, in a few words. */
  readonly what: string;
}

/** In how many of how many tries something was seen. */
export interface Times {
  readonly hits: number;
  readonly of: number;
}

/** What did not hold, with both sides of the comparison; values are JSON. */
export interface Finding {
  readonly reason: ReasonCode;
  readonly expected: unknown;
  readonly observed: unknown;
  /** Present when the operation was repeated. */
  readonly times?: Times;
}

/**
 * The outcome of one check.
 *
 * `unverified` could not be exercised, `blocked` depends on something that failed, `error` is a fault of the suite
 * itself; none of them is ever a pass or a skip. `flaky` is about waits and availability only: a safety violation that
 * was seen once is `fail` with its `times`.
 */
export type Verdict =
  | { readonly status: "pass"; readonly evidence: readonly Evidence[] }
  | ({ readonly status: "fail" | "warn" | "info" } & Finding)
  | ({ readonly status: "flaky"; readonly times: Times } & Finding)
  | { readonly status: "not-applicable"; readonly capability: Capability; readonly absence: string }
  | { readonly status: "unverified"; readonly because: string }
  | { readonly status: "blocked"; readonly by: string }
  | { readonly status: "error"; readonly message: string };
