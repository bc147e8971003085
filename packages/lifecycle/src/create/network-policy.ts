import type { WireNetworkPolicy } from "@rxsandbox/protocol";
import { readEgressTarget } from "@rxsandbox/transport";
import { listOf, objectOf, omitUndefined, oneOf } from "@rxsandbox/transport/calls";

const readAction = oneOf("allow", "deny");
const readRules = listOf(objectOf({}, { action: readAction, target: readEgressTarget }));
const readPolicy = objectOf({
  defaultAction: readAction,
  egress: (path, value) => (value === null ? undefined : readRules(path, value)),
});

/**
 * Copies a network policy with its default action spelt out.
 *
 * An unknown action or a blank target would block a real server for 30 s (`lifecycle.md` 2.2), an unknown default
 * action fails open (`egress.md` 2.3), and a target that could never match makes a rule without effect: all of them are
 * refused here.
 */
export function readNetworkPolicy(path: string, value: unknown): WireNetworkPolicy {
  const { defaultAction = "deny", egress } = readPolicy(path, value);
  return omitUndefined({ defaultAction, egress });
}
