import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createEnforceableSidecar, type TrafficRules } from "../../egress/sidecar.js";
import type { RawPolicy } from "../../egress/policy-document.js";
import type { ResolvedOptions } from "../server-options.js";

/** A sandbox's egress sidecar, at its logical port 18080. */
export interface SandboxSidecar {
  /** Value of `OPENSANDBOX-EGRESS-AUTH` that every call needs. */
  readonly token: string;
  /** Answers one request; `path` is what follows the port, with the query. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
  /** What decides on the sandbox's traffic. */
  readonly rules: TrafficRules;
}

/** What a sidecar is started for. */
export interface SidecarRequest {
  readonly policy: RawPolicy;
  /** Whether create asked for a credential proxy, which is what a vault needs. */
  readonly hasCredentialProxy: boolean;
}

/** Starts the sidecar of one sandbox with a token of its own; throws when the policy is one it refuses. */
export function startSidecar(
  { policy, hasCredentialProxy }: SidecarRequest,
  { profile, vaultCacheMs }: Pick<ResolvedOptions, "profile" | "vaultCacheMs">,
): SandboxSidecar {
  const token = randomBytes(24).toString("base64url");
  const sidecar = createEnforceableSidecar({
    token,
    policy,
    profile,
    ...(hasCredentialProxy && { interception: { vaultCacheMs } }),
  });
  return { token, rules: sidecar, handle: (request, response, path) => sidecar.handle(request, response, path) };
}
