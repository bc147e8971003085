import type { WirePolicyResponse } from "@rxsandbox/protocol";
import { ProtocolError, readEgressTarget } from "@rxsandbox/transport";
import { nonEmptyListOf, objectOf, oneOf, type Read } from "@rxsandbox/transport/calls";

/** One rule; the first that matches a name decides (`egress.md` 2.2). */
export interface EgressRule {
  readonly action: "allow" | "deny";
  /**
   * A host name, `*.` and a host name, an IP address or a block of addresses.
   *
   * Sent in lower case, without blanks around it and without a trailing dot; names in other scripts as `xn--…`.
   * Addresses have an effect only where the sidecar enforces by `dns+nft` (`egress.md` 2.3).
   */
  readonly target: string;
}

/**
 * What a sandbox may reach, in order of priority; without the operator's own rules, which no API shows (`egress.md`
 * 2.3).
 */
export interface EgressPolicy {
  /**
   * For what no rule names: `allow` or `deny`; a server keeps any other text as well and then fails open (`egress.md`
   * 2.3).
   */
  readonly defaultAction: string;
  /** Empty when there is none; `action` is `allow` or `deny`. */
  readonly egress: readonly EgressRule[];
}

/**
 * Reads the answer of `GET /policy`, where no rules may be `null`, `[]` or nothing (`egress.md` 3.1); throws a
 * `ProtocolError` when it holds no policy.
 */
export function parsePolicy(value: unknown): EgressPolicy {
  const policy = (value as WirePolicyResponse | null)?.policy;
  if (typeof policy !== "object" || policy === null || typeof policy.defaultAction !== "string")
    throw new ProtocolError("the answer has no egress policy");
  const rules: readonly unknown[] = policy.egress ?? [];
  if (!Array.isArray(rules)) throw new ProtocolError("the answer's egress rules are not a list");
  return { defaultAction: policy.defaultAction, egress: rules.map(parseRule) };
}

function parseRule(value: unknown): EgressRule {
  const { action, target } = (value ?? {}) as Partial<EgressRule>;
  if ((action !== "allow" && action !== "deny") || typeof target !== "string")
    throw new ProtocolError("the answer has an egress rule without a valid action and target");
  return { action, target };
}

/**
 * Copies rules for a patch; an empty list and an unknown action throw, since the server refuses them, and so does a
 * target that could never match (`egress.md` 3.3).
 */
export const readRules: Read<readonly EgressRule[]> = nonEmptyListOf(
  objectOf({}, { action: oneOf("allow", "deny"), target: readEgressTarget }),
);

/**
 * Copies the targets of a removal; an empty list throws, since the server refuses it, and so does a target that could
 * never match: a slip would remove nothing (`egress.md` 3.4).
 */
export const readTargets: Read<readonly string[]> = nonEmptyListOf(readEgressTarget);
