import type * as officialSdk from "@alibaba-group/opensandbox";

/** The official SDK, or a package that claims to be a drop-in for it. */
export type Sdk = Pick<
  typeof officialSdk,
  "Sandbox" | "SandboxManager" | "SandboxApiException" | "SandboxReadyTimeoutException" | "DEFAULT_EXECD_PORT" | "DEFAULT_EGRESS_PORT"
>;

export type SdkSandbox = officialSdk.Sandbox;
export type SdkSandboxManager = officialSdk.SandboxManager;
export type SdkCreateOptions = officialSdk.SandboxCreateOptions;
export type SdkConnection = officialSdk.ConnectionConfigOptions;

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
  /** Number in the list of behaviours, `E2E.md`. */
  readonly number: number;
  readonly name: string;
  run(context: ScenarioContext): Promise<void>;
}
