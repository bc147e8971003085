import type { Baseline } from "../verdict/baseline.js";
import type { Capability, Check, Depth } from "../../model/check.js";
import type { SelfCheckResult } from "../../model/self-check-result.js";
import { InvalidArgumentError } from "../../model/invalid-argument-error.js";

/** A longer timer than 24.8 days would end the run at once. */
const LONGEST_BUDGET_MS = 86_400_000;

/** Options of {@link runConformance}; everything has a default. */
export interface ConformanceOptions {
  /** Default `standard`. */
  readonly depth?: Depth;
  /** Only checks of these capabilities; default all. */
  readonly capabilities?: readonly Capability[];
  /** Only checks whose id, group or one of whose clauses contains this text, or matches it when it has `*`. */
  readonly filter?: string;
  /** Runs every `of`-th check, beginning with number `index` (from 1). */
  readonly shard?: { readonly index: number; readonly of: number };
  /** Fixes every random value; default a random one, which is told first. */
  readonly seed?: number;
  /** Milliseconds after which no further check starts, at most one day; default unlimited. */
  readonly budgetMs?: number;
  /** Checks that run at one time; default 8. */
  readonly concurrency?: number;
  /** Default: every check of the suite. */
  readonly checks?: readonly Check[];
  /** Asks for the subject's health before a missing answer is blamed on it, and before the run; default true. */
  readonly hasHealthGate?: boolean;
  /** Ends the run early, with its report: what did not run is missing there, and the run is inconclusive. */
  readonly signal?: AbortSignal;
  readonly baseline?: Baseline;
  /** `regressions` lets known failures of the baseline exit with 0; default `conformance`. */
  readonly gate?: "conformance" | "regressions";
  /** What a self-check on the same subject gave; one that is void makes the run inconclusive. */
  readonly selfCheck?: SelfCheckResult;
}

/** {@link ConformanceOptions} with defaults, checked. */
export interface ResolvedConformanceOptions extends ConformanceOptions {
  readonly depth: Depth;
  readonly seed: number;
  readonly concurrency: number;
  readonly hasHealthGate: boolean;
}

/** Checks the options. Throws {@link InvalidArgumentError}. */
export function resolveConformanceOptions(options: ConformanceOptions): ResolvedConformanceOptions {
  const {
    depth = "standard",
    seed = Math.floor(Math.random() * 0x7fff_ffff),
    concurrency = 8,
    hasHealthGate = true,
    shard,
    budgetMs,
  } = options;
  if (!["quick", "standard", "full"].includes(depth))
    throw new InvalidArgumentError("depth", "quick, standard or full");
  if (!Number.isInteger(seed) || seed < 0 || seed > 0x7fff_ffff)
    throw new InvalidArgumentError("seed", "a whole number from 0 to 2147483647");
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64)
    throw new InvalidArgumentError("concurrency", "a whole number from 1 to 64");
  if (budgetMs !== undefined && !(budgetMs > 0 && budgetMs <= LONGEST_BUDGET_MS))
    throw new InvalidArgumentError("budgetMs", "a positive number of milliseconds, at most one day");
  if (
    shard !== undefined &&
    !(
      Number.isInteger(shard.of) &&
      shard.of >= 1 &&
      Number.isInteger(shard.index) &&
      shard.index >= 1 &&
      shard.index <= shard.of
    )
  ) {
    throw new InvalidArgumentError("shard", "index from 1 to of");
  }
  return { ...options, depth, seed, concurrency, hasHealthGate };
}
