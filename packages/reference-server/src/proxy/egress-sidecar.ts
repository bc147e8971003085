import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createEnforceableSidecar } from "../egress/enforceable-sidecar.js";
import type { RawPolicy } from "../egress/policy-document.js";
import type { EgressPassage, EgressProxy } from "../egress/traffic/egress-proxy.js";
import type { ResolvedOptions } from "../server-options.js";

/** A sandbox's egress sidecar, at its logical port 18080, and its way out through it. */
export interface SandboxSidecar {
  /** Value of `OPENSANDBOX-EGRESS-AUTH` that every call needs. */
  readonly token: string;
  /** Answers one request; `path` is what follows the port, with the query. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
  /** Variables that lead the sandbox's programs through the proxy. */
  readonly environment: EgressPassage["environment"];
  /** Ends what goes through the proxy. */
  close(): void;
}

/** What a sidecar is started for. */
export interface SidecarRequest {
  readonly policy: RawPolicy;
  /** Whether create asked for a credential proxy, which is what a vault needs. */
  readonly hasCredentialProxy: boolean;
}

/** Starts the sidecar of one sandbox with a token of its own; throws when the policy is one it refuses. */
export function startSidecar({ policy, hasCredentialProxy }: SidecarRequest, { profile, vaultCacheMs }: Pick<ResolvedOptions, "profile" | "vaultCacheMs">, proxy: EgressProxy): SandboxSidecar {
  const token = randomBytes(24).toString("base64url");
  const sidecar = createEnforceableSidecar({ token, policy, profile, ...(hasCredentialProxy && { interception: { vaultCacheMs } }) });
  const { environment, close } = proxy.open(sidecar);
  return { token, environment, close, handle: (request, response, path) => sidecar.handle(request, response, path) };
}
