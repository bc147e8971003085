import { API_KEY_HEADER } from "@rxsandbox/protocol";
import type { ConnectionConfig } from "./connection-config.js";

/** Tells whether a header carries the tenant key. */
export function isKeyHeader(name: string): boolean {
  return name.toLowerCase() === API_KEY_HEADER.toLowerCase();
}

/** The tenant key of these settings: one among the headers wins, since the official class puts it there. */
export function tenantKey({ apiKey, headers }: ConnectionConfig): string | undefined {
  return Object.entries(headers).find(([name]) => isKeyHeader(name))?.[1] ?? apiKey;
}

/** The header with the key for an address of the control plane, and nothing for any other. */
export function keyHeaders(config: ConnectionConfig, url: string): Readonly<Record<string, string>> {
  const key = tenantKey(config);
  return key !== undefined && url.startsWith(`${config.protocol}://${config.domain}/`) ? { [API_KEY_HEADER]: key } : {};
}
