import type { Sandbox as Handle } from "@rxsandbox/client";
import { call } from "../call.js";
import type { Egress, NetworkPolicy } from "../models/egress.js";

/** Builds the egress policy of one sandbox; sends nothing. */
export function createEgress(
  handle: Pick<Handle, "getEgressPolicy" | "patchEgressRules" | "deleteEgressRules">,
): Egress {
  return {
    getPolicy: async () => {
      const { defaultAction, egress } = await call("Get egress policy", () => handle.getEgressPolicy());
      return {
        defaultAction: defaultAction as NonNullable<NetworkPolicy["defaultAction"]>,
        egress: egress.map((rule) => ({ ...rule })),
      };
    },
    patchRules: (rules) => call("Patch egress rules", () => handle.patchEgressRules(rules)),
    deleteRules: (targets) => call("Delete egress rules", () => handle.deleteEgressRules(targets)),
  };
}
