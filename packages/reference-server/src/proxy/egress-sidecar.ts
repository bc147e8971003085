import type { IncomingMessage, ServerResponse } from "node:http";

/** A sandbox's egress policy server, at its logical port 18080. */
export interface EgressSidecar {
  /** Value of `OPENSANDBOX-EGRESS-AUTH` that every call needs. */
  readonly token: string;
  /** Answers one request; `path` is what follows the port, with the query. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/** Starts the policy server of one sandbox; throws when it cannot enforce the policy. */
export function startSidecar(_policy: unknown, _profile: "opensandbox" | "spec"): EgressSidecar {
  throw new Error("egress policies are not available");
}
