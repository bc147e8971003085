import type { Observer } from "rxjs";
import type { ClientEvent, RetryOptions, Transport } from "@rxsandbox/transport";
import type { Access } from "@rxsandbox/lifecycle";

/** How to reach a server and its sandboxes. */
export interface ClientOptions {
  /**
   * `host[:port][/prefix]` or a URL, whose scheme wins over `protocol`; `OPEN_SANDBOX_DOMAIN`, else `localhost:8080`,
   * when absent.
   */
  readonly domain?: string;
  /** `http` when absent. */
  readonly protocol?: "http" | "https";
  /**
   * Scheme of direct and signed sandbox addresses, which servers hand out without one; that of the control plane when
   * absent.
   */
  readonly endpointProtocol?: "http" | "https";
  /** Tenant key; `OPEN_SANDBOX_API_KEY` when absent. Goes to the control plane's origin and nowhere else. */
  readonly apiKey?: string;
  /** Sent with control-plane API calls only. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent with calls to sandboxes only. */
  readonly sandboxHeaders?: Readonly<Record<string, string>>;
  /** Seconds per attempt, head and body; 30 when absent. Never limits a live stream. */
  readonly requestTimeoutSeconds?: number;
  /** Seconds for a create; 300 when absent, since a real server pulls the image meanwhile. */
  readonly createTimeoutSeconds?: number;
  /** How sandboxes are reached; `direct` when absent, in browsers `proxy`. */
  readonly access?: Access;
  /** The official name of `access: "proxy"`. */
  readonly useServerProxy?: boolean;
  /** True logs the client's events, without secrets, to the console. */
  readonly debug?: boolean;
  /** For tests and exotic platforms. It is the caller's: `close()` leaves it open. */
  readonly transport?: Transport;
  /**
   * A dispatcher of undici 7 or 8, for a proxy or a certificate authority; Node only, and not beside `transport`. It is
   * the caller's: `close()` leaves it open.
   */
  readonly dispatcher?: object;
  /** How often and how fast to repeat what may be repeated; false never repeats. */
  readonly retry?: RetryOptions | false;
  /** Told about requests, retries and failed clean-ups, without secrets. */
  readonly events?: Partial<Observer<ClientEvent>>;
  /**
   * Milliseconds between the answer to a vault write and its emission; `VAULT_SETTLE_MS` (500) when absent, as long as
   * a sidecar may use the old vault. 0 emits at once.
   */
  readonly vaultSettleMs?: number;
  /** Bytes that one execution event may have; 128 MiB when absent. */
  readonly maxEventBytes?: number;
}
