import type { ReferenceServerOptions } from "../embedded-subject.js";
import type { Alteration } from "../../gateway/alteration.js";
import type { Mutant } from "../mutant.js";

/**
 * A server that is wrong in one way: the embedded server behind a gateway that plants the fault. Its start and
 * everything outside the fault are those of the unmutated one.
 */
export interface ServerMutant extends Mutant {
  /** A fresh planting; what it counts, it counts from its own start. */
  readonly alteration: () => Alteration;
  /**
   * Options with which the embedded server is wrong by itself, where no gateway sees the fault: such a mutant has a
   * server of its own.
   */
  readonly server?: ReferenceServerOptions;
}
