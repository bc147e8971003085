import { API_KEY_HEADER } from "@rxsandbox/protocol";
import type { Endpoint } from "@rxsandbox/transport";
import type { ControlPlane } from "../control-plane.js";

/**
 * Adds to an endpoint what calls of this client carry there.
 *
 * The tenant key goes along only in proxy mode and only to the control plane's own origin: a server that hands out
 * another public address for its proxy gets no key there, which a real proxy does not ask for either (`lifecycle.md`
 * 9). The server's endpoint headers win over the caller's.
 */
export function attachCredentials(
  endpoint: Endpoint,
  sandboxHeaders: Readonly<Record<string, string>>,
  controlPlane: ControlPlane,
): Endpoint {
  const isControlPlane = endpoint.access === "proxy" && new URL(endpoint.url).origin === controlPlane.origin;
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(sandboxHeaders)) headers[name.toLowerCase()] = text;
  Object.assign(headers, endpoint.headers);
  if (isControlPlane && controlPlane.apiKey !== undefined) headers[API_KEY_HEADER.toLowerCase()] = controlPlane.apiKey;
  return { ...endpoint, headers };
}
