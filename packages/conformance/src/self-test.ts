export { allMutants } from "./proof/all-mutants.js";
export type { Mutant } from "./proof/mutant.js";
export { embeddedSubject, type EmbeddedSubject } from "./proof/embedded-subject.js";
export { serverMutants } from "./proof/mutants/server-mutants.js";
export type { ServerMutant } from "./proof/mutants/server-mutant.js";
export { judgeMutants, type JudgeMutantsOptions } from "./proof/mutants/judge-mutants.js";
export type { MutantJudgement } from "./proof/mutants/judge-mutant.js";
export { wrongRules } from "./proof/rules/wrong-rules.js";
export type { WrongRule } from "./proof/rules/wrong-rule.js";
export { nullRules } from "./proof/rules/null-rules.js";
export { benignVariants } from "./proof/benign/benign-variants.js";
export type { Activity, BenignVariant } from "./proof/benign/benign-variant.js";
export {
  judgeVariant,
  verdictVector,
  type VariantJudgement,
  type VerdictVector,
} from "./proof/benign/judge-variant.js";
export { judgeAltered, type JudgeOptions } from "./proof/mutants/judge-mutant.js";
export { judgeNullServer, passedMusts } from "./proof/null-servers/judge-null-server.js";
export { nullServers, type NullRequest, type NullServer } from "./proof/null-servers/null-servers.js";
export { replayMutants, type ReplayedMutant, type ReplayMutantsOptions } from "./proof/mutants/replay-mutants.js";
