import type { SandboxError } from "../errors/sandbox-error.js";
import { isTransportFailure } from "../errors/transport-failure.js";

/**
 * How a failure shows that an address leads nowhere any more: `refused` when there was no connection; `gateway` when a
 * gateway in front of the sandbox says that it knows no such route, or that its signature is over (`lifecycle.md` 5.1),
 * so that the sandbox never saw the call.
 */
export function deadAddress({ cause, status, body }: SandboxError): "refused" | "gateway" | undefined {
  if (isTransportFailure(cause)) return cause.kind === "connect" ? "refused" : undefined;
  const isUnrouted =
    (status === 401 || status === 404) && typeof body === "string" && body.startsWith("OpenSandbox Ingress:");
  return isUnrouted ? "gateway" : undefined;
}
