/** How binding a clause is: a violation of MUST is red, of SHOULD a warning; of the others what was observed is reported. */
export type FindingLevel = "MUST" | "SHOULD" | "INFO" | "disputed";

/** What an oracle found not to hold. `clause` and `invariant` are the reason code: they never change with the data. */
export interface OracleFinding {
  readonly clause: string;
  /** Kebab-case name of what should hold. */
  readonly invariant: string;
  readonly level: FindingLevel;
  /** JSON, both of them. */
  readonly expected: unknown;
  readonly observed: unknown;
  /** Where in the data, such as `frame 3`. */
  readonly at?: string;
}
