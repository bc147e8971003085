/** A known failure: it matches check and reason code together. */
export interface BaselineEntry {
  readonly check: string;
  /** Reason code as `clause/invariant`. */
  readonly reason: string;
  /** `always` entries are stale when the failure is gone; `sometimes` never are. */
  readonly occurs: "always" | "sometimes";
  /** Why it is known, in one sentence. */
  readonly why: string;
  /** Last day on which the entry holds, `YYYY-MM-DD`. */
  readonly expires: string;
}

/** Known failures of one implementation. They never make it conformant. */
export interface Baseline {
  readonly name: string;
  /** What the entries were seen on. */
  readonly implementation: string;
  readonly entries: readonly BaselineEntry[];
}
