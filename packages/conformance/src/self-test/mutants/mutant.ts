import type { ReasonCode } from "../../check/reason-code.js";
import type { Alteration } from "../../gateway/alteration.js";

/**
 * A server that is wrong in one way: the embedded server behind a gateway that plants the fault. Its start and everything
 * outside the fault are those of the unmutated one.
 */
export interface Mutant {
  /** Kebab-case, never reused. */
  readonly id: string;
  /** What is wrong, one sentence. */
  readonly title: string;
  /** The check that must fail. */
  readonly check: string;
  /** The reason that its verdict must name. */
  readonly reason: ReasonCode;
  /** Other checks that may fail for the same cause; every other red is a defect of the suite. */
  readonly alsoFails?: readonly string[];
  /** What it takes for the fault to show, where it does not show at the first look. */
  readonly condition?: string;
  /** A fresh planting; what it counts, it counts from its own start. */
  readonly alteration: () => Alteration;
}
