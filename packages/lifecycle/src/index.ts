export {
  createLifecycle,
  type ConnectOptions,
  type Lifecycle,
  type LifecycleConnection,
  /** @deprecated Use `LifecycleConnection`. */
  type LifecycleConnection as LifecycleOptions,
} from "./lifecycle.js";
export type { CreateOptions, ImageSpec, NetworkPolicy, NetworkRule, Platform } from "./create/create-options.js";
export type { Volume, HostVolume, PvcVolume, OssfsVolume } from "./create/volumes.js";
export type { ProvisionProgress } from "./create/provision.js";
export type { ReadyOptions } from "./readiness/ready-options.js";
export { waitUntilReady, type ReadyProgress, type ReadySubject } from "./readiness/wait-until-ready.js";
export type { SandboxEndpoints } from "./endpoints/sandbox-endpoints.js";
export type { SandboxInfo, SandboxStatus } from "./info/sandbox-info.js";
export type { ListFilter, ListOptions } from "./list/list-options.js";
export { changes, type SandboxChanges } from "./watch/sandbox-changes.js";
export type { SandboxPage } from "./list/list-sandboxes.js";
export type { Page, Pagination } from "./list/every-page.js";
export type { Snapshots } from "./snapshots/snapshots.js";
export type { SnapshotInfo } from "./snapshots/snapshot-info.js";
export type { SnapshotFilter, SnapshotListOptions, SnapshotOptions } from "./snapshots/snapshot-options.js";
export type { SnapshotPage } from "./snapshots/snapshot-calls.js";
export type {
  Diagnostics,
  DiagnosticEventOptions,
  DiagnosticLogOptions,
  DiagnosticSummaryOptions,
} from "./diagnostics/diagnostics.js";
export type { DiagnosticContent } from "./diagnostics/diagnostic-content.js";
export type { Access } from "./access.js";
export type { ControlPlane } from "./control-plane.js";
