import { createClient, type Client } from "@rxsandbox/client";
import { platform } from "#platform";
import { toException } from "../errors/to-exception.js";
import type { ConnectionConfig } from "./connection-config.js";

/** A real server pulls the image while it answers a create; the official 30 s leave orphans behind (`sdk-behaviour.md` 12). */
const CREATE_TIMEOUT_SECONDS = 300;
/** Stands for "no timeout": the longest that a timer can wait, 24 days. */
const NO_TIMEOUT_SECONDS = 2_147_483;
const API_KEY_NAME = "open-sandbox-api-key";

const opened = new WeakMap<ConnectionConfig, Set<Client>>();

/** Opens a client for one sandbox or manager; whoever gets it closes it. Throws `InvalidArgumentException`. */
export function openClient(config: ConnectionConfig): Client {
  const { apiKey, headers } = takeKey(config);
  const timeout = config.requestTimeoutSeconds > 0 ? Math.min(config.requestTimeoutSeconds, NO_TIMEOUT_SECONDS) : NO_TIMEOUT_SECONDS;
  const agent = platform.sendsUserAgent ? { "user-agent": config.userAgent } : {};
  let client: Client;
  try {
    client = createClient({
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
  const clients = opened.get(config) ?? new Set();
  opened.set(config, clients.add(client));
  return client;
}

/** Closes a client: what runs ends, clean-ups are waited for (15 s at most), the connections go. */
export async function closeClient(config: ConnectionConfig, client: Client): Promise<void> {
  opened.get(config)?.delete(client);
  await client.close();
}

/** Closes every client that was opened for this object. */
export async function closeClients(config: ConnectionConfig): Promise<void> {
  await Promise.all([...(opened.get(config) ?? [])].map((client) => closeClient(config, client)));
}

/** A key among the headers is the key: in proxy mode it has to reach the proxy as well, and sandboxes never. */
function takeKey({ apiKey, headers }: ConnectionConfig): { readonly apiKey: string | undefined; readonly headers: Readonly<Record<string, string>> } {
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== API_KEY_NAME);
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === API_KEY_NAME)?.[1];
  return { apiKey: given ?? apiKey, headers: Object.fromEntries(others) };
}
