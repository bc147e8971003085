export { createLifecycle, type Lifecycle, type LifecycleOptions, type ConnectOptions } from "./lifecycle.js";
export type {
  CreateOptions,
  ImageSpec,
  NetworkPolicy,
  NetworkRule,
  Platform,
  Volume,
  HostVolume,
  PvcVolume,
  OssfsVolume,
} from "./create/create-options.js";
export type { ProvisionProgress } from "./create/provision.js";
export type { ReadyOptions } from "./readiness/ready-options.js";
export type { ReadyProgress } from "./readiness/wait-until-ready.js";
export type { SandboxInfo, SandboxStatus } from "./info/sandbox-info.js";
export type { ListFilter, ListOptions } from "./list/list-options.js";
export type { SandboxPage, Pagination } from "./list/list-sandboxes.js";
export type { Access } from "./access.js";
export type { ControlPlane } from "./control-plane.js";
