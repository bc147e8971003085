import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createEgressSidecar } from "../egress/create-egress-sidecar.js";
import type { RawPolicy } from "../egress/policy-document.js";

/** A sandbox's egress policy server, at its logical port 18080. */
export interface SandboxSidecar {
  /** Value of `OPENSANDBOX-EGRESS-AUTH` that every call needs. */
  readonly token: string;
  /** Answers one request; `path` is what follows the port, with the query. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/** Starts the policy server of one sandbox with a token of its own; throws when the policy is one it refuses. */
export function startSidecar(policy: RawPolicy, profile: "opensandbox" | "spec"): SandboxSidecar {
  const token = randomBytes(24).toString("base64url");
  const sidecar = createEgressSidecar({ token, policy, profile });
  return { token, handle: (request, response, path) => sidecar.handle(request, response, path) };
}
