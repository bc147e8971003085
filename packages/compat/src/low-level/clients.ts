import createClient, { type Client } from "openapi-fetch";
import { API_KEY_HEADER } from "@rxsandbox/protocol";
import { platform } from "#platform";
import { isKeyHeader } from "../connection/tenant-key.js";
import type { EgressPaths } from "./paths/egress-paths.js";
import type { ExecdPaths } from "./paths/execd-paths.js";
import type { LifecyclePaths } from "./paths/lifecycle-paths.js";

/** Typed calls of the lifecycle API. */
export type LifecycleClient = Client<LifecyclePaths>;

/** Typed calls of a sandbox's daemon. */
export type ExecdClient = Client<ExecdPaths>;

/** Typed calls of a sandbox's egress sidecar. */
export type EgressClient = Client<EgressPaths>;

/** Where a typed client sends to. */
export interface CreateClientOptions {
  /** Paths are appended to it. */
  baseUrl: string;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Replaces the platform's `fetch`. */
  fetch?: typeof fetch;
}

/** Where the control plane is, and the key for it. */
export interface CreateLifecycleClientOptions extends Partial<CreateClientOptions> {
  /** `OPEN_SANDBOX_API_KEY` when absent; a key among the headers wins. */
  apiKey?: string;
}

const DEFAULT_LIFECYCLE_URL = "http://localhost:8080/v1";

/**
 * Returns typed calls of the lifecycle API: one request each, with neither retries nor checks. A base URL ends in
 * `/v1`.
 *
 * A call resolves with `{ data, response }` or `{ error, response }`; look at `response.ok`, since an empty body is
 * neither.
 */
export function createLifecycleClient({
  baseUrl = DEFAULT_LIFECYCLE_URL,
  apiKey = platform.readEnvironment("OPEN_SANDBOX_API_KEY"),
  headers = {},
  fetch,
}: CreateLifecycleClientOptions = {}): LifecycleClient {
  const hasKey = Object.keys(headers).some(isKeyHeader);
  return open<LifecyclePaths>({
    baseUrl,
    headers: { ...headers, ...(apiKey && !hasKey ? { [API_KEY_HEADER]: apiKey } : {}) },
    ...(fetch !== undefined && { fetch }),
  });
}

/**
 * Returns typed calls of a sandbox's daemon, as {@link createLifecycleClient} does. The tenant key does not belong into
 * its headers.
 */
export function createExecdClient(opts: CreateClientOptions): ExecdClient {
  return open<ExecdPaths>(opts);
}

/** Returns typed calls of a sandbox's egress sidecar, as {@link createLifecycleClient} does. */
export function createEgressClient(opts: CreateClientOptions): EgressClient {
  return open<EgressPaths>(opts);
}

// Loaded as CommonJS, the function is one `default` further down.
const create = (createClient as { readonly default?: typeof createClient }).default ?? createClient;

function open<Paths extends object>({ baseUrl, headers, fetch }: CreateClientOptions): Client<Paths> {
  return create<Paths>({ baseUrl, ...(headers !== undefined && { headers }), ...(fetch !== undefined && { fetch }) });
}
