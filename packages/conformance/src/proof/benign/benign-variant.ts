import type { ReferenceServerOptions } from "../embedded-subject.js";
import type { Alteration } from "../../gateway/alteration.js";

/** What a variant counts while a run goes on. */
export interface Activity {
  /** Called whenever the variation happens. */
  readonly happened: () => void;
}

/**
 * A server that differs from the plain one in a way that every client has to bear: its verdicts must be the same.
 *
 * Each says that it was active, since a variation that never happens proves nothing.
 */
export interface BenignVariant {
  readonly id: string;
  /** What is different, one sentence. */
  readonly title: string;
  /** The mutant that goes one step too far. */
  readonly twin: string;
  readonly server?: ReferenceServerOptions;
  readonly alteration?: (activity: Activity) => Alteration;
  /** Checks that may warn because of it. */
  readonly warns?: readonly string[];
}
