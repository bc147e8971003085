import type { AdapterFactory } from "../adapters/adapter-factory.js";
import type { ConnectionConfig, ConnectionConfigOptions } from "../connection/connection-config.js";
import type { CredentialProxyConfig, NetworkPolicy } from "../models/egress.js";
import type { PlatformSpec, SandboxId } from "../models/lifecycle.js";
import type { Volume } from "../models/volumes.js";
import type { Sandbox } from "./sandbox.js";

/** How long and by what to wait for a sandbox. */
export interface SandboxReadyOptions {
  /** Asked instead of the daemon; true means ready. */
  healthCheck?: (sbx: Sandbox) => boolean | Promise<boolean>;
  /** Seconds; 30 when absent. */
  readyTimeoutSeconds?: number;
  /** Milliseconds between probes; growing from 20 ms to 4 s when absent. */
  healthCheckPollingInterval?: number;
  /** True resolves without a probe. */
  skipHealthCheck?: boolean;
}

/** What to create. Exactly one of `image` and `snapshotId`. */
export interface SandboxCreateOptions extends SandboxReadyOptions {
  connectionConfig?: ConnectionConfig | ConnectionConfigOptions;
  /** Builds the services instead of this package, for example in tests. */
  adapterFactory?: AdapterFactory;
  image?: string | { uri: string; auth?: { username: string; password: string } };
  snapshotId?: string;
  entrypoint?: string[];
  env?: Record<string, string>;
  metadata?: Record<string, string>;
  networkPolicy?: NetworkPolicy;
  credentialProxy?: CredentialProxyConfig;
  volumes?: Volume[];
  extensions?: Record<string, string>;
  platform?: PlatformSpec;
  secureAccess?: boolean;
  resource?: Record<string, string>;
  resourceRequests?: Record<string, string>;
  /** Seconds, 60 at least; 600 when absent; `null` means that it never expires. */
  timeoutSeconds?: number | null;
}

/** What to attach to. */
export interface SandboxConnectOptions extends SandboxReadyOptions {
  connectionConfig?: ConnectionConfig | ConnectionConfigOptions;
  /** Builds the services instead of this package, for example in tests. */
  adapterFactory?: AdapterFactory;
  sandboxId: SandboxId;
}
