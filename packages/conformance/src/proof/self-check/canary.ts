import type { Capability, Group, Part } from "../../model/check.js";
import type { Alteration } from "../../gateway/alteration.js";

/**
 * A subtle fault that is planted in one answer of the server under test, to see whether the suite notices on this very
 * server.
 */
export interface Canary {
  readonly id: string;
  /** What is wrong with that one answer. */
  readonly title: string;
  readonly part: Exclude<Part, "rule">;
  readonly group: Group;
  readonly capability: Capability;
  /** The check that must fail. */
  readonly check: string;
  /** A fresh planting: it changes one answer and then no more. */
  readonly alteration: () => Alteration;
}
