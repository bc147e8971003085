import type { Transport } from "@rxsandbox/client";
import { platform } from "#platform";
import { DEFAULT_REQUEST_TIMEOUT_SECONDS } from "../constants.js";
import { InvalidArgumentException } from "../errors/exceptions.js";
import { closeClients, noteCopy } from "./clients.js";
import { readAddress, type ConnectionProtocol } from "./read-address.js";
import { keyHeaders } from "./tenant-key.js";
import { createTimedFetch } from "./timed-fetch.js";

/** How to reach a server and its sandboxes. */
export interface ConnectionConfigOptions {
  /**
   * `host[:port][/prefix]` or a URL, whose scheme wins over `protocol`; `OPEN_SANDBOX_DOMAIN`, else `localhost:8080`,
   * when absent.
   */
  domain?: string;
  /** `http` when absent. */
  protocol?: ConnectionProtocol;
  /** `OPEN_SANDBOX_API_KEY` when absent. Goes to the control plane's origin only, unlike in the official SDK. */
  apiKey?: string;
  /** Sent to the control plane only, unlike in the official SDK: they may hold credentials. */
  headers?: Record<string, string>;
  /** Sent to sandboxes only; not an option of the official SDK. */
  sandboxHeaders?: Record<string, string>;
  /** Seconds per attempt, 30 when absent; 0 or negative means none. A create may take 300 s at least. */
  requestTimeoutSeconds?: number;
  /** True logs requests and answers, without secrets, to the console. */
  debug?: boolean;
  /** True reaches sandboxes through the server. */
  useServerProxy?: boolean;
  /** Read and kept; the client renews addresses by itself when they stop working. */
  endpointCacheTtlMs?: number;
  /** Read and kept. */
  endpointCacheSize?: number;
  /** Read and kept. */
  endpointCacheDisabled?: boolean;
  /** Read and kept: this package never sends telemetry. */
  disableMetrics?: boolean;
  /**
   * Replaces the platform's connections, for tests; not an option of the official SDK. It is the caller's: closing
   * leaves it open.
   */
  transport?: Transport;
}

/**
 * Settings of a connection; opens nothing.
 *
 * Throws `InvalidArgumentException` for a domain that is not an address and for a timeout that is not a number.
 */
export class ConnectionConfig {
  readonly protocol: ConnectionProtocol;
  /** `host[:port][/prefix]`. */
  readonly domain: string;
  declare readonly apiKey?: string;
  readonly headers: Record<string, string>;
  // Optional in the type alone, so that an official object may stand where this one is expected.
  declare readonly sandboxHeaders?: Record<string, string>;
  readonly requestTimeoutSeconds: number;
  readonly debug: boolean;
  /** Sent with every request in Node. */
  readonly userAgent: string = "rxsandbox-compat/0.1.0";
  readonly useServerProxy: boolean;
  readonly endpointCacheTtlMs: number;
  readonly endpointCacheSize: number;
  readonly endpointCacheDisabled: boolean;
  readonly disableMetrics: boolean;
  declare readonly transport?: Transport;

  constructor(opts: ConnectionConfigOptions = {}) {
    const { protocol, domain } = readAddress(
      opts.domain || platform.readEnvironment("OPEN_SANDBOX_DOMAIN"),
      opts.protocol,
    );
    this.protocol = protocol;
    this.domain = domain;
    const apiKey = opts.apiKey || platform.readEnvironment("OPEN_SANDBOX_API_KEY");
    if (apiKey !== undefined) Object.defineProperty(this, "apiKey", { value: apiKey, enumerable: true });
    this.headers = { ...opts.headers };
    Object.defineProperty(this, "sandboxHeaders", { value: { ...opts.sandboxHeaders }, enumerable: true });
    this.requestTimeoutSeconds = opts.requestTimeoutSeconds ?? DEFAULT_REQUEST_TIMEOUT_SECONDS;
    if (typeof this.requestTimeoutSeconds !== "number" || Number.isNaN(this.requestTimeoutSeconds)) {
      throw new InvalidArgumentException({
        message: `requestTimeoutSeconds must be a number, got ${String(this.requestTimeoutSeconds)}`,
      });
    }
    this.debug = opts.debug ?? false;
    this.useServerProxy = opts.useServerProxy ?? false;
    this.endpointCacheTtlMs = opts.endpointCacheTtlMs ?? 600_000;
    this.endpointCacheSize = opts.endpointCacheSize ?? 1024;
    this.endpointCacheDisabled = opts.endpointCacheDisabled ?? false;
    this.disableMetrics =
      opts.disableMetrics ?? platform.readEnvironment("OPENSANDBOX_DISABLE_METRICS")?.trim() === "1";
    if (opts.transport !== undefined)
      Object.defineProperty(this, "transport", { value: opts.transport, enumerable: true });
  }

  /**
   * The platform's `fetch` under the request timeout. Adds the tenant key to requests below the control plane's
   * address.
   */
  get fetch(): typeof globalThis.fetch {
    return createTimedFetch(this.requestTimeoutSeconds, (url) => keyHeaders(this, url));
  }

  /**
   * The same without a timeout, for streams. In Node each has a connection of its own: behind the daemon's proxy to
   * itself, runs get lost on connections that stay open (`measured.md` 2.1).
   */
  get sseFetch(): typeof globalThis.fetch {
    return createTimedFetch(0, (url) => ({ ...keyHeaders(this, url), connection: "close" }));
  }

  /** `<protocol>://<domain>/v1`. */
  getBaseUrl(): string {
    return `${this.protocol}://${this.domain}/v1`;
  }

  /**
   * A copy with connections of its own, which open when they are needed: each sandbox and manager has one, so that
   * closing it leaves the others working.
   */
  withTransportIfMissing(): ConnectionConfig {
    const copy = new ConnectionConfig(this);
    noteCopy(this, copy);
    return copy;
  }

  /**
   * Closes the sandbox or manager that this object belongs to, or every one that was made with it; on the servers all
   * sandboxes keep running.
   */
  closeTransport(): Promise<void> {
    return closeClients(this);
  }

  /** The settings without key and header values, for logs. */
  toJSON?(): Record<string, unknown> {
    const { transport: _transport, ...settings } = this;
    return {
      ...settings,
      ...(this.apiKey !== undefined && { apiKey: "***" }),
      headers: hideValues(this.headers),
      sandboxHeaders: hideValues(this.sandboxHeaders ?? {}),
    };
  }

  /** What Node prints for `console.log(config)`. */
  [Symbol.for("nodejs.util.inspect.custom")](): unknown {
    return this.toJSON?.();
  }
}

function hideValues(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, "***"]));
}
