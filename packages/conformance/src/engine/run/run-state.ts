import type { Depth, SharedRun } from "../../model/check.js";
import type { Secrets } from "../../model/secrets.js";
import type { Verdict } from "../../model/verdict.js";
import type { CheckSession } from "./check-session.js";
import type { GeneratedCase, SymbolCounter } from "./recorder.js";
import type { AccessPath } from "../../model/subject.js";
import type { RequestBudget } from "../reach/request-budget.js";

/** One run of a check, or of several that share it. */
export interface Attempt {
  readonly verdict: Verdict;
  /** Verdicts of the claims that were reached, by name. */
  readonly claims: ReadonlyMap<string, Verdict>;
  readonly session: CheckSession;
  /** What was left behind; the check that reports it takes it away. */
  readonly leaks: string[];
}

/** What everything in one run shares. */
export interface RunState {
  /** A label that no other run has; sandboxes of the run carry it in their metadata. */
  readonly id: string;
  readonly seed: number;
  readonly depth: Depth;
  readonly access: AccessPath;
  readonly secrets: Secrets;
  readonly budget: RequestBudget;
  readonly nextSymbol: SymbolCounter;
  readonly signal: AbortSignal;
  /** Properties try this one case instead of generating any: the run replays a reproducer. */
  readonly replayed?: GeneratedCase;
  /** The runs that several checks share, with the ids of those that asked. */
  readonly sharedRuns: Map<SharedRun, { readonly askedBy: Set<string>; readonly run: Promise<Attempt> }>;
  /** Milliseconds since the run began. */
  readonly now: () => number;
}
