import { EgressRuleError, normalizeEgressTarget } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "../errors/errors.js";

/**
 * Reads the target of an egress rule and spells it as the sidecar compares it; throws an `InvalidArgumentError` for one
 * that could never match.
 */
export function readEgressTarget(argument: string, value: unknown): string {
  if (typeof value !== "string") throw new InvalidArgumentError(argument, "must be a string");
  try {
    return normalizeEgressTarget(value);
  } catch (error) {
    if (!(error instanceof EgressRuleError)) throw error;
    throw new InvalidArgumentError(argument, error.message);
  }
}
