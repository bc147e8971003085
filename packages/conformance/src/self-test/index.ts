export { embeddedSubject, type EmbeddedSubject } from "./embedded-subject.js";
export { allMutants } from "./all-mutants.js";
export type { Mutant } from "./mutant.js";
