import type { CheckContext } from "./check-context.js";

/** How binding a clause is: a violation of MUST fails, of SHOULD warns; the others are reported only. */
export type Level = "MUST" | "SHOULD" | "INFO" | "disputed";

/** How thorough a run is; each depth includes the ones before it. */
export type Depth = "quick" | "standard" | "full";

/** What a subject may lack. `core` is never absent; `decode` to `remove` are the operations of a rule port. */
export type Capability =
  | "core"
  | "sessions"
  | "files"
  | "egress"
  | "vault"
  | "pause"
  | "snapshots"
  | "code"
  | "terminal"
  | "metrics"
  | "decode"
  | "infer"
  | "merge"
  | "remove";

/** Checks of one group share sandboxes and a row block of the report. */
export type Group =
  "lifecycle" | "commands" | "sessions" | "files" | "daemon" | "terminals" | "code" | "policy" | "vault" | "rules";

/** Which part of a subject a check speaks to; a subject without that part does not run the check. */
export type Part = "lifecycle" | "execd" | "egress" | "rule";

/**
 * One run that judges several checks, each by a claim of its own (`context.claim`): a claim that does not hold hides no
 * other. What fails outside the claims is a precondition: the check that names the run is red, and the claims that were
 * not reached are `blocked` by it.
 */
export interface SharedRun {
  /** The check that names the run. */
  readonly id: string;
  /** The checks by the last part of their ids, which is the name of the claim. */
  readonly claims: ReadonlyMap<string, Check>;
}

/**
 * One thing that the suite asks of a subject.
 *
 * `run` states what it expects with the context's `must`; what it throws decides the verdict. A check that returns has
 * passed only if it has seen a positive and a negative control (`context.positive`, `context.negative`), so that a
 * subject which does nothing passes nothing.
 */
export interface Check {
  /** `<part>/<topic>/<claim>`, such as `execd/command/exit-code`; the same for pass and fail, for ever. */
  readonly id: string;
  /** What holds, one sentence in the present tense. */
  readonly title: string;
  /** Ids of `requirements.yaml`; the first is blamed unless `must` names another. */
  readonly clauses: readonly [string, ...string[]];
  /** The level of the first clause. */
  readonly level: Level;
  readonly part: Part;
  readonly group: Group;
  readonly capability: Capability;
  /** The shallowest run that includes the check. */
  readonly depth: Depth;
  /** Whether it is judged over generated cases (`context.property`). */
  readonly isProperty?: boolean;
  /** Ids of checks without whose pass this one says nothing: it is then `blocked`. */
  readonly requires?: readonly string[];
  /** Runs after all others with nothing beside it, because it can stall or exhaust the subject. */
  readonly runsAlone?: boolean;
  /** Starts before the others and runs beside them without counting, because it mostly waits. */
  readonly startsFirst?: boolean;
  /** Whether a failure is about waiting or availability: it is tried again, and `flaky` when it then passes. */
  readonly isAvailability?: boolean;
  /** Present when one run judges several checks: the verdict of each is that of its claim. */
  readonly shared?: SharedRun;
  /** Longest time of the whole check in milliseconds; default 120,000. Beyond it the check is `unverified`. */
  readonly deadlineMs?: number;
  run(context: CheckContext): Promise<void>;
}
