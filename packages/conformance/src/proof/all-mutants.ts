import { plantedRuleFaults } from "./rules/planted-rule-faults.js";
import type { Mutant } from "./mutant.js";
import { serverMutants } from "./mutants/server-mutants.js";

/** Every fault that the suite proves itself on. */
export const allMutants: readonly Mutant[] = [...serverMutants, ...plantedRuleFaults()];
