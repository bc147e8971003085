import { wrongEvents } from "./wrong-events.js";
import { wrongFramings } from "./wrong-framings.js";
import { wrongInferences } from "./wrong-inferences.js";
import { wrongMerges, wrongRemovals } from "./wrong-policies.js";
import type { WrongRule } from "./wrong-rule.js";

/** Every rule with a planted fault. */
export const wrongRules: readonly WrongRule[] = [...wrongFramings, ...wrongEvents, ...wrongInferences, ...wrongMerges, ...wrongRemovals];
