export type NetworkRuleAction = "allow" | "deny";

/** One rule; the first that matches decides. */
export interface NetworkRule extends Record<string, unknown> {
  action: NetworkRuleAction;
  target: string;
}

/** Outgoing traffic of a sandbox. */
export interface NetworkPolicy extends Record<string, unknown> {
  /** `deny` when absent. */
  defaultAction?: NetworkRuleAction;
  egress?: NetworkRule[];
}

/** The egress policy of one sandbox. */
export interface Egress {
  getPolicy(): Promise<NetworkPolicy>;
  /** Puts rules in front of those that are there; a rule with the same target replaces the old one. */
  patchRules(rules: NetworkRule[]): Promise<void>;
  /** Removes rules by target; an unknown target is not an error. */
  deleteRules(targets: string[]): Promise<void>;
}

/** Whether credentials are put into requests on their way out. */
export interface CredentialProxyConfig extends Record<string, unknown> {
  enabled?: boolean;
}
