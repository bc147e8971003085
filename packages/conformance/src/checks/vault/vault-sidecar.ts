import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";

/** A sidecar that may keep a vault: the one by address, else that of a sandbox with a credential proxy. */
export async function vaultSidecar(context: CheckContext): Promise<Endpoint> {
  if (context.isSidecarBorrowed) return context.egress();
  return (
    await context.sandbox({
      fields: { networkPolicy: { defaultAction: "deny", egress: [] }, credentialProxy: { enabled: true } },
    })
  ).egress;
}
