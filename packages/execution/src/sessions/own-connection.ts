import { defer, map, type Observable } from "rxjs";
import { SandboxError, type Endpoint } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";

/**
 * Emits whether a session run has to have a connection of its own there, since kept-alive ones lose it (`measured.md` 2.1). Errors
 * `unsupported` where the platform cannot give it one.
 */
export function needsOwnConnection({ api, connectionClose }: ExecutionOptions, what: string): Observable<boolean> {
  return defer(() => api.target()).pipe(
    map((endpoint) => {
      const isLossy = losesSessionRuns(endpoint);
      if (isLossy && !connectionClose) throw cannotCloseConnections(what);
      return isLossy;
    }),
  );
}

/** execd that proxies to itself loses them. The lifecycle server's proxy, whose addresses end alike, does not. */
function losesSessionRuns({ url, access }: Endpoint): boolean {
  return access !== "proxy" && /\/proxy\/\d+$/.test(new URL(url).pathname);
}

function cannotCloseConnections(what: string): SandboxError {
  return new SandboxError(
    "unsupported",
    `${what}: [unsupported]: this platform cannot close its connections, and on this address session runs get lost on kept-alive ones; use access: "proxy"`,
  );
}
