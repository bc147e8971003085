import { readEgressTarget } from "@rxsandbox/transport";
import { nonEmptyListOf, objectOf, oneOf, type Read } from "@rxsandbox/transport/calls";
import type { EgressRule } from "./egress-policy.js";

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
