import { SandboxError, type Endpoint } from "@rxsandbox/transport";
import type { SandboxConnection } from "@rxsandbox/transport/calls";

/**
 * Decides by its address whether a run has to have a connection of its own: behind the daemon's proxy to itself,
 * session runs and runs of code get lost on connections that are kept alive (`measured.md` 2.1).
 *
 * The decision throws `unsupported` where the platform cannot close its connections.
 */
export function ownConnection(
  what: string,
  { capabilities }: Pick<SandboxConnection, "capabilities">,
): (endpoint: Endpoint) => boolean {
  return (endpoint) => {
    const isLossy = losesRuns(endpoint);
    if (isLossy && !capabilities.connectionClose) throw cannotCloseConnections(what);
    return isLossy;
  };
}

/**
 * The same for the start of a background command, of which a few in a thousand get lost there. Where the platform
 * cannot close its connections the start is sent anyway: a lost one ends with `stream-truncated`.
 */
export function ownConnectionWherePossible({
  capabilities,
}: Pick<SandboxConnection, "capabilities">): (endpoint: Endpoint) => boolean {
  return (endpoint) => capabilities.connectionClose && losesRuns(endpoint);
}

/** The lifecycle server's proxy, whose addresses end alike, loses none. */
export function losesRuns({ url, access }: Endpoint): boolean {
  return access !== "proxy" && /\/proxy\/\d+$/.test(new URL(url).pathname);
}

function cannotCloseConnections(what: string): SandboxError {
  const detail =
    "runs get lost at this address on connections that stay open, and this platform cannot close its connections";
  return new SandboxError("unsupported", { what, detail, advice: 'use access: "proxy"' });
}
