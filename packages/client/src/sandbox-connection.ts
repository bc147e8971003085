import { InvalidArgumentError } from "@rxsandbox/transport";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import type { Sandbox } from "./sandbox.js";

/** In the global registry: a handle may come from another build in the same program. */
const key = Symbol.for("rxsandbox.sandbox-connection");

/** Lets functions that take a sandbox reach its connection, for clean-ups that run while the client closes. */
export function keepConnection(sandbox: Sandbox, connection: SandboxConnection): Sandbox {
  return Object.defineProperty(sandbox, key, { value: connection });
}

/** The connection of a sandbox. Throws `InvalidArgumentError` for an object that no client has made. */
export function connectionOf(sandbox: Sandbox): SandboxConnection {
  const { [key]: connection } = Object(sandbox) as { readonly [key]?: SandboxConnection };
  if (connection === undefined) throw new InvalidArgumentError("sandbox", "must be a sandbox of a client, not a copy");
  return connection;
}
