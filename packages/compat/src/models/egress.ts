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

/** Whether credentials are put into requests on their way out. */
export interface CredentialProxyConfig extends Record<string, unknown> {
  enabled?: boolean;
}
