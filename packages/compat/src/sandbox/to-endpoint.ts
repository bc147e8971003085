import type { Endpoint as ClientEndpoint } from "@rxsandbox/client";
import type { Endpoint } from "../models/lifecycle.js";

/** The address without its scheme. */
export function toEndpoint({ url, headers }: ClientEndpoint): Endpoint {
  return { endpoint: url.replace(/^[a-z]+:\/\//, ""), headers: { ...headers } };
}
