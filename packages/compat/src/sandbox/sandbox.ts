import type { AdapterFactory, LifecycleStack } from "../adapters/adapter-factory.js";
import { createDefaultAdapterFactory } from "../adapters/default-adapter-factory.js";
import { createEgressStack, createExecdStack } from "../adapters/handle-stacks.js";
import { createStacks, type SandboxStacks } from "../adapters/sandbox-stacks.js";
import { call } from "../call.js";
import { clientOf } from "../connection/clients.js";
import type { ConnectionConfig } from "../connection/connection-config.js";
import { readConfig } from "../connection/read-config.js";
import type { ExecdCommands } from "../models/commands.js";
import type { Egress, NetworkPolicy, NetworkRule } from "../models/egress.js";
import type { SandboxFiles } from "../models/files.js";
import type { ExecdHealth } from "../models/health.js";
import type { IsolationService } from "../models/isolation.js";
import type {
  Endpoint,
  RenewSandboxExpirationResponse,
  SandboxId,
  SandboxInfo,
  SandboxMetadataPatch,
} from "../models/lifecycle.js";
import type { ExecdMetrics, SandboxMetrics } from "../models/metrics.js";
import type { Sandboxes } from "../models/sandboxes.js";
import type { CredentialVault } from "../models/vault.js";
import { expiryAfter } from "./expiry-after.js";
import type { SandboxConnectOptions, SandboxCreateOptions, SandboxReadyOptions } from "./sandbox-options.js";
import { toCreateRequest } from "./to-create-request.js";
import { waitUntilReady } from "./wait-until-ready.js";

/** Outside of the class, whose type has public members only: an object of the official package fits it. */
const internals = new WeakMap<
  Sandbox,
  { readonly egress: Egress; readonly adapterFactory: AdapterFactory | undefined }
>();

/**
 * One sandbox, with connections of its own until `close`.
 *
 * Everything rejects with a `SandboxException`; a wrong argument does too, and nothing is sent for it. What the
 * services of an `adapterFactory` throw reaches you unchanged.
 *
 * @example
 * const made = await Sandbox.create({ connectionConfig: { domain, apiKey }, image: "python:3.11" });
 * const { exitCode } = await made.commands.run("exit 3");
 * exitCode; // => 3
 * await made.kill();
 * await made.close();
 */
export class Sandbox {
  readonly id: SandboxId;
  readonly connectionConfig: ConnectionConfig;
  /** The lifecycle API over the connections of this sandbox. */
  readonly sandboxes: Sandboxes;
  readonly commands: ExecdCommands;
  readonly files: SandboxFiles;
  readonly health: ExecdHealth;
  readonly metrics: ExecdMetrics;
  readonly credentialVault: CredentialVault;
  readonly isolation: IsolationService;

  private constructor(id: SandboxId, { config, sandboxes, adapterFactory }: Connection, stacks: SandboxStacks) {
    this.id = id;
    this.connectionConfig = config;
    this.sandboxes = sandboxes;
    this.commands = stacks.commands;
    this.files = stacks.files;
    this.health = stacks.health;
    this.metrics = stacks.metrics;
    this.credentialVault = stacks.credentialVault;
    this.isolation = stacks.isolation;
    internals.set(this, { egress: stacks.egress, adapterFactory });
  }

  /** Creates a sandbox and waits until it is ready; one that never is gets killed before this rejects. */
  static async create(opts: SandboxCreateOptions): Promise<Sandbox> {
    const request = toCreateRequest(opts);
    return connected(opts, async (connection) => {
      const { id, status } = await connection.sandboxes.createSandbox(request);
      try {
        return await Sandbox.#open(id, connection, opts, status);
      } catch (error) {
        await discard(connection.sandboxes, id);
        throw error;
      }
    });
  }

  /** Attaches to a sandbox that runs; one that is paused, failed or unknown rejects at once. */
  static async connect(opts: SandboxConnectOptions): Promise<Sandbox> {
    return connected(opts, async (connection) => {
      // A factory of the caller's answers for its own sandboxes.
      if (connection.adapterFactory === undefined)
        await call("Connect to sandbox", () =>
          clientOf(connection.config).connect(opts.sandboxId, { skipHealthCheck: true }),
        );
      return Sandbox.#open(opts.sandboxId, connection, opts);
    });
  }

  /** Resumes a paused sandbox and waits until it is ready. */
  static async resume(opts: SandboxConnectOptions): Promise<Sandbox> {
    return connected(opts, async (connection) => {
      await connection.sandboxes.resumeSandbox(opts.sandboxId);
      return Sandbox.#open(opts.sandboxId, connection, opts);
    });
  }

  static async #open(
    id: SandboxId,
    connection: Connection,
    opts: SandboxReadyOptions,
    status?: SandboxInfo["status"],
  ): Promise<Sandbox> {
    const sandbox = new Sandbox(id, connection, await stacksOf(id, connection));
    if (opts.skipHealthCheck !== true) await waitUntilReady(sandbox, { ...opts, status });
    return sandbox;
  }

  getInfo(): Promise<SandboxInfo> {
    return this.sandboxes.getSandbox(this.id);
  }

  /** False on any error, after 2 s at most. */
  isHealthy(): Promise<boolean> {
    // The question is answered by any error: `health.ping` gives the cause.
    return this.health.ping().catch(() => false);
  }

  getMetrics(): Promise<SandboxMetrics> {
    return this.metrics.getMetrics();
  }

  /** Resolves when the server accepted it, which on some runtimes is before the sandbox is paused. */
  pause(): Promise<void> {
    return this.sandboxes.pauseSandbox(this.id);
  }

  /** Resumes and resolves with a new object, which has connections of its own. When it fails, this one still works. */
  resume(opts: Omit<SandboxReadyOptions, "healthCheck"> = {}): Promise<Sandbox> {
    const adapterFactory = internals.get(this)?.adapterFactory;
    return Sandbox.resume({
      ...opts,
      sandboxId: this.id,
      connectionConfig: this.connectionConfig,
      ...(adapterFactory !== undefined && { adapterFactory }),
    });
  }

  /** Kills; a sandbox that is gone already rejects with status 404. */
  kill(): Promise<void> {
    return this.sandboxes.deleteSandbox(this.id);
  }

  /** Ends what runs here and closes the connections; the sandbox runs on. */
  close(): Promise<void> {
    return this.connectionConfig.closeTransport();
  }

  /** Sets the expiry to `timeoutSeconds` from now. */
  async renew(timeoutSeconds: number): Promise<RenewSandboxExpirationResponse> {
    return this.sandboxes.renewSandboxExpiration(this.id, { expiresAt: expiryAfter(timeoutSeconds) });
  }

  patchMetadata(patch: SandboxMetadataPatch): Promise<SandboxInfo> {
    return this.sandboxes.patchSandboxMetadata(this.id, patch);
  }

  getEgressPolicy(): Promise<NetworkPolicy> {
    return internals.get(this)!.egress.getPolicy();
  }

  /** Puts rules in front of those that are there. */
  patchEgressRules(rules: NetworkRule[]): Promise<void> {
    return internals.get(this)!.egress.patchRules(rules);
  }

  /** Removes rules by target; an unknown target is not an error. */
  deleteEgressRules(targets: string[]): Promise<void> {
    return internals.get(this)!.egress.deleteRules(targets);
  }

  /** The address of a port without scheme; never with the tenant key. */
  getEndpoint(port: number): Promise<Endpoint> {
    return this.sandboxes.getSandboxEndpoint(this.id, port, this.connectionConfig.useServerProxy);
  }

  async getEndpointUrl(port: number): Promise<string> {
    const { endpoint } = await this.getEndpoint(port);
    return `${this.connectionConfig.protocol}://${endpoint}`;
  }

  /**
   * A route that carries its own permission until `expires`, in Unix seconds; rejects where the runtime has no gateway.
   */
  getSignedEndpoint(port: number, expires: number): Promise<Endpoint> {
    return this.sandboxes.getSignedEndpoint(this.id, port, expires);
  }

  /** Needs no more of `this` than `connectionConfig` and `health`. */
  waitUntilReady(opts: {
    readyTimeoutSeconds: number;
    pollingIntervalMillis: number;
    healthCheck?: (sbx: Sandbox) => boolean | Promise<boolean>;
  }): Promise<void> {
    const { readyTimeoutSeconds, pollingIntervalMillis, healthCheck } = opts;
    return waitUntilReady(this, {
      readyTimeoutSeconds,
      healthCheckPollingInterval: pollingIntervalMillis,
      healthCheck,
    });
  }
}

/** What a sandbox is built on. */
interface Connection extends LifecycleStack {
  readonly config: ConnectionConfig;
  /** The caller's; `undefined` for the services of this package, which look addresses up when they need them. */
  readonly adapterFactory: AdapterFactory | undefined;
}

/** Gives `start` connections of its own, and closes them when it fails. */
async function connected(
  opts: Pick<SandboxConnectOptions, "connectionConfig" | "adapterFactory">,
  start: (connection: Connection) => Promise<Sandbox>,
): Promise<Sandbox> {
  const { adapterFactory } = opts;
  const config = readConfig(opts.connectionConfig).withTransportIfMissing();
  try {
    const factory = adapterFactory ?? createDefaultAdapterFactory();
    const { sandboxes } = factory.createLifecycleStack({
      connectionConfig: config,
      lifecycleBaseUrl: config.getBaseUrl(),
    });
    return await start({ config, sandboxes, adapterFactory });
  } catch (error) {
    await config.closeTransport();
    throw error;
  }
}

async function stacksOf(id: SandboxId, { config, sandboxes, adapterFactory }: Connection): Promise<SandboxStacks> {
  if (adapterFactory !== undefined) return createStacks(adapterFactory, config, sandboxes, id);
  const handle = clientOf(config).attach(id);
  return { ...createExecdStack(handle), ...createEgressStack(handle) };
}

/** Milliseconds that a failed create waits for its kill, which goes on after that. */
const DISCARD_WAIT_MS = 5000;

async function discard(sandboxes: Sandboxes, id: SandboxId): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise((resolve) => (timer = setTimeout(resolve, DISCARD_WAIT_MS)));
  // The failure of the create is what counts, whatever becomes of the kill.
  await Promise.race([sandboxes.deleteSandbox(id).catch(() => undefined), waited]);
  clearTimeout(timer);
}
