import type { Sandbox as Handle } from "@rxsandbox/client";
import { clientOf, noteVariant } from "../connection/clients.js";
import { ConnectionConfig } from "../connection/connection-config.js";
import { createTransportOver } from "../connection/fetch-transport.js";
import { isKeyHeader } from "../connection/tenant-key.js";

/** A sandbox that is known by its address needs a name only for messages. */
const UNNAMED = "unnamed";

/** A handle whose every port is at one address, over the connections of `config`; sends nothing. */
export function createHandleAt(
  config: ConnectionConfig,
  baseUrl: string,
  headers: Record<string, string> = {},
): Handle {
  const ours = configAt(config);
  const lowerCased = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const endpoint = {
    url: baseUrl.replace(/\/+$/, ""),
    headers: lowerCased,
    access: ours.useServerProxy ? "proxy" : "direct",
  } as const;
  return clientOf(ours).attach(UNNAMED, { endpoint: () => endpoint });
}

/**
 * The same settings at another control plane, or `config` itself.
 *
 * An object that only looks like a `ConnectionConfig`, such as a fake or that of the official package, becomes one that
 * sends through its `fetch`. Its headers go where its own package sends them; only the tenant key among them stays with
 * the control plane.
 */
export function configAt(config: ConnectionConfig, baseUrl?: string): ConnectionConfig {
  if (config instanceof ConnectionConfig) {
    if (baseUrl === undefined || baseUrl === config.getBaseUrl()) return config;
    const variant = new ConnectionConfig({ ...config, domain: baseUrl });
    noteVariant(config, variant);
    return variant;
  }
  const { domain = baseUrl, fetch, sseFetch, headers = {}, ...settings } = config as Partial<ConnectionConfig>;
  return new ConnectionConfig({
    sandboxHeaders: Object.fromEntries(Object.entries(headers).filter(([name]) => !isKeyHeader(name))),
    ...settings,
    headers,
    ...(domain !== undefined && { domain }),
    ...(typeof fetch === "function" && { transport: createTransportOver(fetch, sseFetch) }),
  });
}
