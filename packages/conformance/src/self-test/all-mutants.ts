import type { Mutant } from "./mutant.js";

/** Every fault that the suite proves itself on. */
export const allMutants: readonly Mutant[] = [];
