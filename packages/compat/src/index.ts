export { Sandbox } from "./sandbox/sandbox.js";
export type { SandboxConnectOptions, SandboxCreateOptions, SandboxReadyOptions } from "./sandbox/sandbox-options.js";
export { SandboxManager, type SandboxFilter, type SandboxManagerOptions } from "./sandbox/sandbox-manager.js";
export { ConnectionConfig, type ConnectionConfigOptions } from "./connection/connection-config.js";
export type { ConnectionProtocol } from "./connection/read-address.js";
export { DefaultAdapterFactory, createDefaultAdapterFactory } from "./adapters/default-adapter-factory.js";
export type {
  AdapterFactory,
  CreateEgressStackOptions,
  CreateExecdStackOptions,
  CreateLifecycleStackOptions,
  EgressStack,
  ExecdStack,
  LifecycleStack,
} from "./adapters/adapter-factory.js";
export { ExecutionEventDispatcher } from "./commands/execution-event-dispatcher.js";
export {
  InvalidArgumentException,
  SandboxApiException,
  SandboxException,
  SandboxInternalException,
  SandboxReadyTimeoutException,
  SandboxUnhealthyException,
  type SandboxExceptionOpts,
} from "./errors/exceptions.js";
export { SandboxError, type SandboxErrorCode } from "./errors/sandbox-error.js";
export {
  DEFAULT_EGRESS_PORT,
  DEFAULT_ENTRYPOINT,
  DEFAULT_EXECD_PORT,
  DEFAULT_HEALTH_CHECK_POLLING_INTERVAL_MILLIS,
  DEFAULT_READY_TIMEOUT_SECONDS,
  DEFAULT_REQUEST_TIMEOUT_SECONDS,
  DEFAULT_RESOURCE_LIMITS,
  DEFAULT_TIMEOUT_SECONDS,
} from "./constants.js";
export type { CodeContextRequest, SupportedLanguage } from "./models/code.js";
export type { CommandLogs, CommandStatus, ExecdCommands, RunCommandOpts } from "./models/commands.js";
export type { CredentialProxyConfig, Egress, NetworkPolicy, NetworkRule, NetworkRuleAction } from "./models/egress.js";
export type {
  CommandExecution,
  Execution,
  ExecutionComplete,
  ExecutionError,
  ExecutionHandlers,
  ExecutionInit,
  ExecutionResult,
  OutputMessage,
  ServerStreamEvent,
} from "./models/execution.js";
export type {
  ContentReplaceEntry,
  ContentReplaceResult,
  DirectoryListEntry,
  FileEntryType,
  FileInfo,
  FileMetadata,
  FilesInfoResponse,
  MoveEntry,
  Permission,
  ReadPart,
  RenameFileItem,
  ReplaceFileContentItem,
  SandboxFiles,
  SearchEntry,
  SearchFilesResponse,
  SetPermissionEntry,
  WriteEntry,
} from "./models/files.js";
export type { ExecdHealth, PingResponse } from "./models/health.js";
export type {
  BindMount,
  CreateIsolatedSessionRequest,
  EnvPassthroughSpec,
  IsolatedCapabilities,
  IsolatedRunOpts,
  IsolatedSessionInfo,
  IsolatedSessionState,
  IsolatedSessionSummary,
  IsolatedWorkspaceSpec,
  IsolationService,
  IsolationSession,
  ListIsolatedSessionsResponse,
  RunOnceOpts,
} from "./models/isolation.js";
export type { ExecdMetrics, Metrics, SandboxMetrics } from "./models/metrics.js";
export type {
  CreateSandboxRequest,
  CreateSandboxResponse,
  Endpoint,
  ListSandboxesParams,
  ListSandboxesResponse,
  PaginationInfo,
  PlatformSpec,
  RenewSandboxExpirationRequest,
  RenewSandboxExpirationResponse,
  SandboxId,
  SandboxInfo,
  SandboxMetadataPatch,
  SandboxState,
  SandboxStatus,
} from "./models/lifecycle.js";
export type { Sandboxes } from "./models/sandboxes.js";
export type {
  CreateSnapshotRequest,
  ListSnapshotsParams,
  ListSnapshotsResponse,
  SnapshotInfo,
  SnapshotState,
  SnapshotStatus,
} from "./models/snapshots.js";
export type {
  Credential,
  CredentialAuth,
  CredentialAuthMetadata,
  CredentialBinding,
  CredentialBindingListResponse,
  CredentialBindingMetadata,
  CredentialBindingMutationSet,
  CredentialListResponse,
  CredentialMatch,
  CredentialMatchScheme,
  CredentialMetadata,
  CredentialMutationSet,
  CredentialSubstitution,
  CredentialSubstitutionSurface,
  CredentialVault,
  CredentialVaultCreateRequest,
  CredentialVaultPatchRequest,
  CredentialVaultState,
  CustomHeaderEntry,
  InlineCredentialSource,
} from "./models/vault.js";
export type { Host, OSSFS, PVC, Volume } from "./models/volumes.js";
