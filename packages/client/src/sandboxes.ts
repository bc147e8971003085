import type { Lifecycle } from "@rxsandbox/lifecycle";

/** Sandboxes by id, without a handle. `kill` of an unknown one errors `not-found`, unlike `Sandbox.kill`. */
export type Sandboxes = Pick<Lifecycle, "getInfo" | "list" | "listAll" | "renew" | "pause" | "resume" | "kill" | "patchMetadata" | "getEndpoint" | "getEndpointUrl">;

/** Picks the calls by id. */
export function createSandboxes({ getInfo, list, listAll, renew, pause, resume, kill, patchMetadata, getEndpoint, getEndpointUrl }: Lifecycle): Sandboxes {
  return { getInfo, list, listAll, renew, pause, resume, kill, patchMetadata, getEndpoint, getEndpointUrl };
}
