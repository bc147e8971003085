/**
 * Which rule a patch, a removal or a target breaks (`egress.md` 3.3, 3.4): `empty`: nothing asked; `action`: neither
 * allow nor deny; `target`: blank, or one that could never match; `limit`: more rules than the server takes.
 */
export type EgressRuleErrorKind = "empty" | "action" | "target" | "limit";

/** What the sidecar would refuse; thrown by the pure rules, which then leave the policy as it was. */
export class EgressRuleError extends Error {
  readonly kind: EgressRuleErrorKind;
  constructor(kind: EgressRuleErrorKind, message: string) {
    super(message);
    this.name = "EgressRuleError";
    this.kind = kind;
  }
}
