import type { Depth } from "../../model/check.js";
import type { Secrets } from "../../model/secrets.js";
import type { GeneratedCase, SymbolCounter } from "./recorder.js";
import type { AccessPath } from "../../model/subject.js";
import type { RequestBudget } from "../reach/request-budget.js";

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
  /** Milliseconds since the run began. */
  readonly now: () => number;
}
