import type { ReasonCode } from "../model/reason-code.js";

/** A fault that the suite must find, and how: the proof that a check can fail. */
export interface Mutant {
  readonly id: string;
  /** What is wrong, one sentence. */
  readonly title: string;
  /** The check that must fail. */
  readonly check: string;
  /** The reason code that this check must give. */
  readonly reason: ReasonCode;
  /** Further checks that fail for the same cause; every other red is a defect of the suite. */
  readonly alsoFails: readonly string[];
  /** Whether it shows under a condition only: a second run, a page's edge, a byte in the middle of a character. */
  readonly isConditional: boolean;
}
