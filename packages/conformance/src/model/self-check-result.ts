/**
 * What became of a canary: `caught`; `missed`, the check passed with the fault in place; `uninformative`, the check did
 * not pass without it either; `absent`, the subject lacks what it is about.
 */
export type CanaryState = "caught" | "missed" | "uninformative" | "absent";

/** Whether the suite can fail on this very server. */
export interface SelfCheckResult {
  /** `void`: the verdicts of a run on this server prove nothing. */
  readonly status: "valid" | "void";
  readonly canaries: readonly {
    readonly id: string;
    readonly title: string;
    readonly check: string;
    readonly state: CanaryState;
  }[];
  /** One line for people. */
  readonly text: string;
}
