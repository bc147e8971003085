import type { WireNetworkPolicy } from "@rxsandbox/protocol";
import { InvalidArgumentError, readEgressTarget } from "@rxsandbox/transport";
import { readList, readObject } from "../argument.js";

/**
 * Copies a network policy with its default action spelt out.
 *
 * An unknown action or a blank target would block a real server for 30 s (`lifecycle.md` 2.2), an unknown default action fails open
 * (`egress.md` 2.3), and a target that could never match makes a rule without effect: all of them are refused here.
 */
export function readNetworkPolicy(path: string, value: unknown): WireNetworkPolicy {
  const policy = readObject(path, value, ["defaultAction", "egress"]);
  const defaultAction =
    policy["defaultAction"] === undefined ? "deny" : readAction(`${path}.defaultAction`, policy["defaultAction"]);
  const egress = policy["egress"];
  if (egress === undefined || egress === null) return { defaultAction };
  return {
    defaultAction,
    egress: readList(`${path}.egress`, egress).map((entry, index) => {
      const rule = readObject(`${path}.egress[${index}]`, entry, ["action", "target"]);
      return {
        action: readAction(`${path}.egress[${index}].action`, rule["action"]),
        target: readEgressTarget(`${path}.egress[${index}].target`, rule["target"]),
      };
    }),
  };
}

function readAction(path: string, value: unknown): "allow" | "deny" {
  if (value !== "allow" && value !== "deny") throw new InvalidArgumentError(path, `must be "allow" or "deny"`);
  return value;
}
