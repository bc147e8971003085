import type * as officialSdk from "@alibaba-group/opensandbox";

/** What a class offers to its users. The official classes have private members, which no other class can have. */
type Members<T> = { [K in keyof T]: T[K] };

/** The official SDK, or a package that claims to be a drop-in for it. */
export interface Sdk extends Pick<
  typeof officialSdk,
  "DEFAULT_EXECD_PORT" | "DEFAULT_EGRESS_PORT" | "createDefaultAdapterFactory"
> {
  readonly Sandbox: {
    create(opts: SdkCreateOptions): Promise<SdkSandbox>;
    connect(opts: SdkConnectOptions): Promise<SdkSandbox>;
    resume(opts: SdkConnectOptions): Promise<SdkSandbox>;
    readonly prototype: Pick<SdkSandbox, "waitUntilReady">;
  };
  readonly SandboxManager: {
    create(opts?: { connectionConfig?: SdkConnection; adapterFactory?: officialSdk.AdapterFactory }): SdkSandboxManager;
  };
  readonly ConnectionConfig: new (opts?: SdkConnection) => SdkConnectionConfig;
  readonly SandboxException: abstract new (...args: never) => officialSdk.SandboxException;
  readonly SandboxApiException: abstract new (...args: never) => officialSdk.SandboxApiException;
  readonly SandboxReadyTimeoutException: abstract new (...args: never) => officialSdk.SandboxReadyTimeoutException;
}

export interface SdkConnectionConfig extends Omit<Members<officialSdk.ConnectionConfig>, "withTransportIfMissing"> {
  withTransportIfMissing(): SdkConnectionConfig;
}

/** Everything but the services that only a custom adapter has use for. */
export interface SdkSandbox extends Omit<
  Members<officialSdk.Sandbox>,
  "connectionConfig" | "sandboxes" | "metrics" | "isolation" | "resume" | "waitUntilReady"
> {
  readonly connectionConfig: SdkConnectionConfig;
  resume(opts?: Parameters<officialSdk.Sandbox["resume"]>[0]): Promise<SdkSandbox>;
  waitUntilReady(opts: {
    readyTimeoutSeconds: number;
    pollingIntervalMillis: number;
    healthCheck?: (sandbox: SdkSandbox) => boolean | Promise<boolean>;
  }): Promise<void>;
}

export type SdkSandboxManager = Members<officialSdk.SandboxManager>;

export type SdkConnection = officialSdk.ConnectionConfigOptions;

export interface SdkConnectOptions extends Omit<officialSdk.SandboxConnectOptions, "connectionConfig" | "healthCheck"> {
  connectionConfig?: SdkConnection;
  healthCheck?: (sandbox: SdkSandbox) => boolean | Promise<boolean>;
}

export interface SdkCreateOptions extends Omit<officialSdk.SandboxCreateOptions, "connectionConfig" | "healthCheck"> {
  connectionConfig?: SdkConnection;
  healthCheck?: (sandbox: SdkSandbox) => boolean | Promise<boolean>;
}

/** What a scenario works with. */
export interface ScenarioContext {
  readonly sdk: Sdk;
  /** Address, key and access mode. */
  readonly connection: SdkConnection;
  /** Creates a sandbox as a new user would; it is killed after the scenario, whatever happens. */
  create(options?: SdkCreateOptions): Promise<SdkSandbox>;
  manager(): SdkSandboxManager;
  /** Runs after the scenario, last one first; its failure is swallowed, as the official suites do in teardown. */
  defer(cleanup: () => Promise<unknown>): void;
}

/** One named behaviour that the official end-to-end suites require of a client. Assertion errors tell what differs. */
export interface Scenario {
  /** Number in the list of behaviours (`docs/scenarios.md`). */
  readonly number: number;
  readonly name: string;
  run(context: ScenarioContext): Promise<void>;
}
