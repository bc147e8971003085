export {
  createEgressClient,
  createExecdClient,
  createLifecycleClient,
  type CreateClientOptions,
  type CreateLifecycleClientOptions,
  type EgressClient,
  type ExecdClient,
  type LifecycleClient,
} from "./clients.js";
export type { EgressPaths } from "./paths/egress-paths.js";
export type { ExecdPaths } from "./paths/execd-paths.js";
export type { LifecyclePaths } from "./paths/lifecycle-paths.js";
export type { RawHttpOptions as EgressRawHttpOptions } from "./handle-over.js";
export { EgressAdapter } from "./adapters/egress-adapter.js";
export {
  CommandsAdapter,
  FilesystemAdapter,
  HealthAdapter,
  IsolatedSessionsAdapter,
  MetricsAdapter,
} from "./adapters/execd-adapters.js";
export { SandboxesAdapter } from "./adapters/sandboxes-adapter.js";
