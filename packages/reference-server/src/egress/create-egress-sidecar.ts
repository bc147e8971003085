import type { EgressSidecar, EgressSidecarOptions } from "./egress-sidecar.js";
import { createEnforceableSidecar } from "./enforceable-sidecar.js";

/**
 * Creates a sidecar with the routes of `egress.md` 1.1.
 *
 * Throws on an invalid policy, as a real sidecar does not start then.
 */
export function createEgressSidecar(options: EgressSidecarOptions): EgressSidecar {
  const { handle } = createEnforceableSidecar(options);
  return { handle };
}
