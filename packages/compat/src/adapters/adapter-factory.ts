import type { ConnectionConfig } from "../connection/connection-config.js";
import type { ExecdCommands } from "../models/commands.js";
import type { Egress } from "../models/egress.js";
import type { SandboxFiles } from "../models/files.js";
import type { ExecdHealth } from "../models/health.js";
import type { IsolationService } from "../models/isolation.js";
import type { ExecdMetrics } from "../models/metrics.js";
import type { Sandboxes } from "../models/sandboxes.js";
import type { CredentialVault } from "../models/vault.js";

/** Where the control plane is. */
export interface CreateLifecycleStackOptions {
  connectionConfig: ConnectionConfig;
  /** Ends in `/v1`. */
  lifecycleBaseUrl: string;
}

export interface LifecycleStack {
  sandboxes: Sandboxes;
}

/** Where the daemon of one sandbox is. */
export interface CreateExecdStackOptions {
  connectionConfig: ConnectionConfig;
  execdBaseUrl: string;
  /** Sent with every request to the daemon. */
  endpointHeaders?: Record<string, string>;
}

export interface ExecdStack {
  commands: ExecdCommands;
  files: SandboxFiles;
  health: ExecdHealth;
  metrics: ExecdMetrics;
  /** When absent, every call of `sandbox.isolation` rejects. */
  isolation?: IsolationService;
}

/** Where the egress sidecar of one sandbox is. */
export interface CreateEgressStackOptions {
  connectionConfig: ConnectionConfig;
  egressBaseUrl: string;
  /** Sent with every request to the sidecar. */
  endpointHeaders?: Record<string, string>;
}

export interface EgressStack {
  egress: Egress;
  /**
   * When absent, `egress` is used if it has the methods of a vault; else every call of `sandbox.credentialVault`
   * rejects.
   */
  credentialVault?: CredentialVault;
}

/**
 * Builds the services that a `Sandbox` and a `SandboxManager` call: the place where tests put fakes.
 *
 * With a factory of your own, `Sandbox` looks up the addresses of both ports through `sandboxes` and builds each stack
 * once. What a service throws reaches the caller unchanged.
 */
export interface AdapterFactory {
  createLifecycleStack(opts: CreateLifecycleStackOptions): LifecycleStack;
  createExecdStack(opts: CreateExecdStackOptions): ExecdStack;
  createEgressStack(opts: CreateEgressStackOptions): EgressStack;
}
