export { createClient } from "./create-client.js";
export type { Client, Provisioning } from "./client.js";
export type { Sandbox } from "./sandbox.js";
export type { Sandboxes } from "./sandboxes.js";
export type { ClientOptions } from "./client-options.js";
export type {
  Access,
  ConnectOptions,
  CreateOptions,
  HostVolume,
  ImageSpec,
  ListFilter,
  ListOptions,
  NetworkPolicy,
  NetworkRule,
  OssfsVolume,
  Pagination,
  Platform,
  PvcVolume,
  ReadyOptions,
  SandboxInfo,
  SandboxPage,
  SandboxStatus,
  Volume,
} from "@rxsandbox/lifecycle";
export type { DirectoryEntry, FileData, FileInfo, Files, Permission, ReadOptions, ReadTextOptions, SearchOptions, WriteEntry } from "@rxsandbox/files";
export type { EgressPolicy, EgressRule } from "@rxsandbox/egress";
export {
  ApiError,
  InvalidArgumentError,
  ProtocolError,
  ReadyTimeoutError,
  SandboxError,
  StreamTruncatedError,
  isSandboxError,
  type AccessPath,
  type CleanupSubject,
  type ClientEvent,
  type Endpoint,
  type RetryOptions,
  type SandboxErrorCode,
  type SandboxErrorOptions,
  type Transport,
  type TruncationDetails,
} from "@rxsandbox/transport";
export type {
  ErrorEvent,
  ExecutionCompleteEvent,
  ExecutionCountEvent,
  ExecutionError,
  ExecutionEvent,
  InitEvent,
  OutputEvent,
  PingEvent,
  ResultEvent,
  StatusEvent,
  TextUnit,
  UnknownEvent,
} from "@rxsandbox/protocol";
