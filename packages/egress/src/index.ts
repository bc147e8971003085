export { createEgress, type Egress, type EgressOptions } from "./egress.js";
export type { EgressPolicy, EgressRule } from "./egress-policy.js";
