import type { Alteration } from "../../gateway/alteration.js";
import type { Mutant } from "../mutant.js";

/**
 * A server that is wrong in one way: the embedded server behind a gateway that plants the fault. Its start and everything
 * outside the fault are those of the unmutated one.
 */
export interface ServerMutant extends Mutant {
  /** A fresh planting; what it counts, it counts from its own start. */
  readonly alteration: () => Alteration;
}
