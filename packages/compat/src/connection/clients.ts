import { createClient, type Client } from "@rxsandbox/client";
import { platform } from "#platform";
import { toException } from "../errors/to-exception.js";
import type { ConnectionConfig } from "./connection-config.js";
import { isKeyHeader, tenantKey } from "./tenant-key.js";

/**
 * A real server pulls the image while it answers a create; the official 30 s leave orphans behind (`sdk-behaviour.md`
 * 12).
 */
const CREATE_TIMEOUT_SECONDS = 300;
/** Stands for "no timeout": the longest that a timer can wait, 24 days. */
const NO_TIMEOUT_SECONDS = 2_147_483;

const clients = new WeakMap<ConnectionConfig, Client>();
/** The object that settings were copied from, for those that are copies. */
const originals = new WeakMap<ConnectionConfig, ConnectionConfig>();
/** The object that a variant was made for, and whose connections it shares the end of. */
const owners = new WeakMap<ConnectionConfig, ConnectionConfig>();
/** What is open below an original, itself included. */
const open = new WeakMap<ConnectionConfig, Set<ConnectionConfig>>();

/**
 * Returns the client of these settings, opened with the first call; one that was closed stays closed. Throws
 * `InvalidArgumentException`.
 */
export function clientOf(config: ConnectionConfig): Client {
  const known = clients.get(config);
  if (known !== undefined) return known;
  const client = openClient(config);
  clients.set(config, client);
  const original = originals.get(config) ?? config;
  open.set(original, (open.get(original) ?? new Set()).add(config));
  return client;
}

/** Notes that `copy` has connections of its own, which end with those of the object that both come from. */
export function noteCopy(config: ConnectionConfig, copy: ConnectionConfig): void {
  originals.set(copy, originals.get(config) ?? config);
}

/** Notes that the connections of `variant` end with those of the object that it was made for. */
export function noteVariant(config: ConnectionConfig, variant: ConnectionConfig): void {
  noteCopy(config, variant);
  owners.set(variant, config);
}

/**
 * Closes the client of these settings, of their variants and, for an original, of every copy: what runs ends, clean-ups
 * are waited for (15 s at most).
 */
export async function closeClients(config: ConnectionConfig): Promise<void> {
  const original = originals.get(config) ?? config;
  const family = open.get(original) ?? new Set();
  const closing = [...family].filter((each) => original === config || each === config || owners.get(each) === config);
  for (const each of closing) family.delete(each);
  await Promise.all(closing.map((each) => clients.get(each)?.close()));
}

function openClient(config: ConnectionConfig): Client {
  const apiKey = tenantKey(config);
  // In proxy mode the key has to reach the proxy as well, and sandboxes never: it is no ordinary header.
  const headers = Object.fromEntries(Object.entries(config.headers).filter(([name]) => !isKeyHeader(name)));
  const timeout =
    config.requestTimeoutSeconds > 0 ? Math.min(config.requestTimeoutSeconds, NO_TIMEOUT_SECONDS) : NO_TIMEOUT_SECONDS;
  const agent = platform.sendsUserAgent ? { "user-agent": config.userAgent } : {};
  try {
    return createClient({
      domain: config.domain,
      protocol: config.protocol,
      ...(apiKey !== undefined && { apiKey }),
      headers: { ...agent, ...headers },
      sandboxHeaders: { ...agent, ...config.sandboxHeaders },
      requestTimeoutSeconds: timeout,
      createTimeoutSeconds: Math.max(timeout, CREATE_TIMEOUT_SECONDS),
      access: config.useServerProxy ? "proxy" : "direct",
      debug: config.debug,
      ...(config.transport !== undefined && { transport: config.transport }),
    });
  } catch (error) {
    throw toException(error, "Open a connection");
  }
}
