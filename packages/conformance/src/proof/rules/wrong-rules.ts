import { wrongEvents } from "./wrong-events.js";
import { wrongFramings } from "./wrong-framings.js";
import { wrongInferences } from "./wrong-inferences.js";
import { wrongMerges } from "./wrong-merges.js";
import { wrongRemovals } from "./wrong-removals.js";
import type { WrongRule } from "./wrong-rule.js";

/** Every rule with a planted fault. */
export const wrongRules: readonly WrongRule[] = [
  ...wrongFramings,
  ...wrongEvents,
  ...wrongInferences,
  ...wrongMerges,
  ...wrongRemovals,
];
