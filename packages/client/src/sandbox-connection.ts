import { InvalidArgumentError, type Api } from "@rxsandbox/transport";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import type { Sandbox } from "./sandbox.js";

/** What functions that take a sandbox reach beside its public calls. */
export interface HandleConnection extends SandboxConnection {
  /** The API at a port of the sandbox, not guarded. */
  readonly portApi: (port: number) => Api;
}

/** In the global registry: a handle may come from another build in the same program. */
const key = Symbol.for("rxsandbox.sandbox-connection");

/** Lets functions that take a sandbox reach its connection, for clean-ups that run while the client closes. */
export function keepConnection(sandbox: Sandbox, connection: HandleConnection): Sandbox {
  return Object.defineProperty(sandbox, key, { value: connection });
}

/** The connection of a sandbox. Throws `InvalidArgumentError` for an object that no client has made. */
export function connectionOf(sandbox: Sandbox): HandleConnection {
  const { [key]: connection } = Object(sandbox) as { readonly [key]?: HandleConnection };
  if (connection === undefined) throw new InvalidArgumentError("sandbox", "must be a sandbox of a client, not a copy");
  return connection;
}
