import type { WireEndpoint } from "@rxsandbox/protocol";
import { ProtocolError, type AccessPath, type Endpoint } from "@rxsandbox/transport";

/**
 * Turns an endpoint answer, which has no scheme, into an address (`lifecycle.md` 5); throws a `ProtocolError` when it
 * is not an address.
 */
export function parseEndpoint(value: unknown, scheme: "http" | "https", access: AccessPath): Endpoint {
  const wire = value as Partial<WireEndpoint> | null;
  const address = typeof wire === "object" && wire !== null ? wire.endpoint : undefined;
  if (typeof address !== "string" || address === "") throw new ProtocolError("the answer has no endpoint");
  let url: URL;
  try {
    url = new URL(/^https?:\/\//i.test(address) ? address : `${scheme}://${address}`);
  } catch {
    // The address is left out of the message: it may carry a token.
    throw new ProtocolError("the answer's endpoint is not an address");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new ProtocolError("the answer's endpoint is not an address");
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(wire?.headers ?? {})) {
    if (typeof text !== "string") throw new ProtocolError("the answer's endpoint headers are not strings");
    headers[name.toLowerCase()] = text;
  }
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, headers, access };
}
