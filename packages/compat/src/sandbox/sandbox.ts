import type { Client, Sandbox as Handle } from "@rxsandbox/client";
import type { Observable } from "rxjs";
import { call } from "../call.js";
import { createCommands } from "../commands/create-commands.js";
import { closeClient, openClient } from "../connection/clients.js";
import { ConnectionConfig } from "../connection/connection-config.js";
import { createVault } from "../egress/create-vault.js";
import { createFiles } from "../files/create-files.js";
import { createIsolation } from "../isolation/create-isolation.js";
import type { ExecdCommands } from "../models/commands.js";
import type { NetworkPolicy, NetworkRule } from "../models/egress.js";
import type { SandboxFiles } from "../models/files.js";
import type { ExecdHealth } from "../models/health.js";
import type { Endpoint, RenewSandboxExpirationResponse, SandboxId, SandboxInfo, SandboxMetadataPatch } from "../models/lifecycle.js";
import type { ExecdMetrics, SandboxMetrics } from "../models/metrics.js";
import type { IsolationService } from "../models/isolation.js";
import type { CredentialVault } from "../models/vault.js";
import type { Sandboxes } from "../models/sandboxes.js";
import { createSandboxes } from "./create-sandboxes.js";
import { refuseAdapters } from "./refuse-adapters.js";
import type { SandboxConnectOptions, SandboxCreateOptions, SandboxReadyOptions } from "./sandbox-options.js";
import { toCreateOptions } from "./to-create-options.js";
import { toEndpoint } from "./to-endpoint.js";
import { toSandboxInfo } from "./to-sandbox-info.js";
import { watchReadiness } from "./watch-readiness.js";

/**
 * One sandbox, with connections of its own until `close`.
 *
 * Everything rejects with a `SandboxException`; a wrong argument does too, and nothing is sent for it.
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
  readonly #client: Client;
  readonly #handle: Handle;

  private constructor(config: ConnectionConfig, client: Client, handle: Handle) {
    this.id = handle.id;
    this.connectionConfig = config;
    this.sandboxes = createSandboxes(client, config);
    this.commands = createCommands(handle);
    this.files = createFiles(handle.files);
    this.health = {
      ping: async () => {
        await call("Execd ping", () => handle.ping());
        return true;
      },
    };
    this.metrics = { getMetrics: async () => ({ ...(await call("Get metrics", () => handle.getMetrics())) }) };
    this.credentialVault = createVault(handle.credentialVault);
    this.isolation = createIsolation(handle.isolation);
    this.#client = client;
    this.#handle = handle;
  }

  /** Creates a sandbox and waits until it is ready; one that never is gets killed before this rejects. */
  static async create(opts: SandboxCreateOptions): Promise<Sandbox> {
    const request = toCreateOptions(opts);
    return Sandbox.#open("Create sandbox", opts, (client, ready) => client.create({ ...request, ...ready }));
  }

  /** Attaches to a sandbox that runs; one that is paused, failed or unknown rejects at once. */
  static async connect(opts: SandboxConnectOptions): Promise<Sandbox> {
    return Sandbox.#open("Connect to sandbox", opts, (client, ready) => client.connect(opts.sandboxId, ready));
  }

  /** Resumes a paused sandbox and waits until it is ready. */
  static async resume(opts: SandboxConnectOptions): Promise<Sandbox> {
    return Sandbox.#open("Resume sandbox", opts, (client, ready) => client.resume(opts.sandboxId, ready));
  }

  static async #open(
    what: string,
    opts: SandboxReadyOptions & Pick<SandboxCreateOptions, "connectionConfig">,
    start: (client: Client, ready: Parameters<Client["resume"]>[1]) => Observable<Handle>,
  ): Promise<Sandbox> {
    refuseAdapters(opts);
    const config = opts.connectionConfig instanceof ConnectionConfig ? opts.connectionConfig : new ConnectionConfig(opts.connectionConfig);
    const client = openClient(config);
    let sandbox: Sandbox | undefined;
    // A health check gets the same object that the caller will have.
    const sandboxOf = (handle: Handle): Sandbox => (sandbox ??= new Sandbox(config, client, handle));
    const readiness = watchReadiness(opts, config, sandboxOf);
    try {
      const ready = { ...readiness.options, ...(opts.skipHealthCheck === true && { skipHealthCheck: true }) };
      return sandboxOf(await call(what, () => start(client, ready), readiness.explain));
    } catch (error) {
      await closeClient(config, client);
      throw error;
    }
  }

  async getInfo(): Promise<SandboxInfo> {
    return toSandboxInfo(await call("Get sandbox", () => this.#handle.getInfo()));
  }

  /** False on any error, after 2 s at most. */
  isHealthy(): Promise<boolean> {
    return call("Execd ping", () => this.#handle.isHealthy());
  }

  getMetrics(): Promise<SandboxMetrics> {
    return this.metrics.getMetrics();
  }

  /** Resolves when the server accepted it, which on some runtimes is before the sandbox is paused. */
  pause(): Promise<void> {
    return call("Pause sandbox", () => this.#handle.pause());
  }

  /** Resumes and resolves with a new object, which has connections of its own. When it fails, this one still works. */
  resume(opts: Omit<SandboxReadyOptions, "healthCheck"> = {}): Promise<Sandbox> {
    return Sandbox.resume({ ...opts, sandboxId: this.id, connectionConfig: this.connectionConfig });
  }

  /** Kills; a sandbox that is gone already rejects with status 404. */
  kill(): Promise<void> {
    return call("Kill sandbox", () => this.#client.sandboxes.kill(this.id));
  }

  /** Ends what runs here and closes the connections; the sandbox runs on. */
  close(): Promise<void> {
    return closeClient(this.connectionConfig, this.#client);
  }

  /** Sets the expiry to the local clock plus `timeoutSeconds`. */
  async renew(timeoutSeconds: number): Promise<RenewSandboxExpirationResponse> {
    return { expiresAt: await call("Renew sandbox expiration", () => this.#handle.renew(timeoutSeconds)) };
  }

  async patchMetadata(patch: SandboxMetadataPatch): Promise<SandboxInfo> {
    return toSandboxInfo(await call("Patch sandbox metadata", () => this.#handle.patchMetadata(patch)));
  }

  /** The rules are an empty list where the server says `null`. */
  async getEgressPolicy(): Promise<NetworkPolicy> {
    const { defaultAction, egress } = await call("Get egress policy", () => this.#handle.getEgressPolicy());
    return { defaultAction: defaultAction as NonNullable<NetworkPolicy["defaultAction"]>, egress: egress.map((rule) => ({ ...rule })) };
  }

  /** Puts rules in front of those that are there. */
  patchEgressRules(rules: NetworkRule[]): Promise<void> {
    return call("Patch egress rules", () => this.#handle.patchEgressRules(rules));
  }

  /** Removes rules by target; what is not there is no error. */
  deleteEgressRules(targets: string[]): Promise<void> {
    return call("Delete egress rules", () => this.#handle.deleteEgressRules(targets));
  }

  /** The address of a port without scheme; never with the tenant key. */
  async getEndpoint(port: number): Promise<Endpoint> {
    return toEndpoint(await call("Get sandbox endpoint", () => this.#handle.getEndpoint(port)));
  }

  getEndpointUrl(port: number): Promise<string> {
    return call("Get sandbox endpoint", () => this.#handle.getEndpointUrl(port));
  }

  /** A route that carries its own permission until `expires`, in Unix seconds; rejects where the runtime has no gateway. */
  async getSignedEndpoint(port: number, expires: number): Promise<Endpoint> {
    return toEndpoint(await call("Get signed endpoint", () => this.#handle.getSignedEndpoint(port, expires)));
  }

  async waitUntilReady(opts: { readyTimeoutSeconds: number; pollingIntervalMillis: number; healthCheck?: (sbx: Sandbox) => boolean | Promise<boolean> }): Promise<void> {
    const { pollingIntervalMillis, ...rest } = opts;
    const readiness = watchReadiness({ ...rest, healthCheckPollingInterval: pollingIntervalMillis }, this.connectionConfig, () => this);
    await call("Wait for sandbox", () => this.#handle.waitUntilReady(readiness.options), readiness.explain);
  }
}
