export { allMutants } from "./all-mutants.js";
export type { Mutant } from "./mutant.js";
export { embeddedSubject, type EmbeddedSubject } from "./embedded-subject.js";
export { serverMutants } from "./mutants/server-mutants.js";
export type { ServerMutant } from "./mutants/server-mutant.js";
export { judgeMutants, type JudgeMutantsOptions } from "./mutants/judge-mutants.js";
export type { MutantJudgement } from "./mutants/judge-mutant.js";
