// Create a client, and sandboxes with it.
export { createClient } from "./create-client.js";
export type { Client, Provisioning } from "./client.js";
export type { ClientOptions } from "./client-options.js";
export type { Sandbox } from "./sandbox.js";
export type { CreateOptions, ConnectOptions, ReadyOptions } from "./sandbox-options.js";
export type {
  Access,
  ImageSpec,
  NetworkPolicy,
  NetworkRule,
  Platform,
  Volume,
  HostVolume,
  OssfsVolume,
  PvcVolume,
} from "@rxsandbox/lifecycle";
export type { AccessPath, RetryOptions, Transport } from "@rxsandbox/transport";

// Run commands.
export {
  type Commands,
  type RunOptions,
  type StartOptions,
  type StallOptions,
  type IterateOptions,
  type CommandHandle,
  type CommandStatus,
  type CommandLogs,
  type LogCursor,
  logCursor,
  abortWith,
} from "@rxsandbox/execution";

// Run in sessions, isolated sessions, code contexts and terminals.
export {
  type Session,
  type SessionOptions,
  type SessionRunOptions,
  type SessionIterateOptions,
  type Isolation,
  type IsolatedSession,
  type IsolatedSessionOptions,
  type IsolatedRunOptions,
  type IsolatedSessionInfo,
  type IsolatedBind,
  type IsolationCapabilities,
  type Code,
  type CodeContext,
  type CodeContextOptions,
  type CodeTarget,
  type CodeResult,
  codeResult,
  type Terminals,
  type Terminal,
  type TerminalOptions,
  type TerminalConnectionOptions,
  type AttachOptions,
  type TerminalMode,
  type TerminalSignal,
  type TerminalInfo,
  type TerminalState,
  type TerminalOutput,
  type TerminalBytes,
  type TerminalGap,
  terminalText,
} from "@rxsandbox/execution";

// Follow a command across connections and programs.
export { resumable, type Resumable, type ResumableOptions, type ResumableStore } from "./output/resumable.js";
export type {
  ResumeOptions,
  FollowOptions,
  HandleFollowOptions,
  FollowEncoding,
  FollowEvent,
  FollowOutput,
  FollowToken,
  FollowedText,
} from "@rxsandbox/execution";

// Read events.
export type {
  ExecutionEvent,
  InitEvent,
  OutputEvent,
  ResultEvent,
  ErrorEvent,
  ExecutionCompleteEvent,
  ExecutionCountEvent,
  StatusEvent,
  PingEvent,
  UnknownEvent,
  ExecutionError,
  RunFacts,
  TextUnit,
} from "@rxsandbox/protocol";
export type {
  EndEvent,
  /** @deprecated Use `EndEvent`. */
  EndEvent as TerminalEvent,
} from "@rxsandbox/execution";

// Read output, and how a run ended.
export {
  toExecution,
  type Execution,
  collectOutput,
  type RunOutcome,
  type RunOutput,
  type CollectedOutput,
  type CapturedText,
  type TextOptions,
  stdoutText,
  stderrText,
  outputLines,
  stdoutLines,
  stderrLines,
  type OutputLine,
  type OutputStream,
  writtenText,
  exitCode,
  executionEnd,
  type ExecutionEnd,
  throwOnFailure,
  CommandFailedError,
  type CommandFailure,
} from "@rxsandbox/execution";
export { inferExitCode, type ExitEvidence } from "@rxsandbox/protocol";

// Capture large output.
export { capture, type CaptureEvent, type CapturedExecution } from "./output/capture.js";
export type { CaptureOptions } from "./output/capture-options.js";

// Wait for a port, a file or output.
export { waitForPort, type WaitForPortOptions } from "./waiting/wait-for-port.js";
export { waitForFile } from "./waiting/wait-for-file.js";
export type { WaitOptions } from "./waiting/wait-options.js";
export { waitForOutput, type WaitForOutputOptions, type OutputMatch } from "@rxsandbox/execution";

// Show a run in a user interface.
export {
  liveness,
  type Liveness,
  type LivenessOptions,
  transcript,
  type Transcript,
  type TranscriptOptions,
  type TranscriptLine,
  type LineStream,
} from "@rxsandbox/execution";

// Move files.
export {
  type Files,
  FileChangedError,
  type ByteRange,
  type ByteSink,
  type DirectoryEntry,
  type DownloadOptions,
  type FileData,
  type FileInfo,
  type ListDirectoryOptions,
  type MoveEntry,
  type Permission,
  type PermissionEntry,
  type ReadOptions,
  type ReadStreamOptions,
  type ReadTextOptions,
  type ReplaceEntry,
  type ReplacedContent,
  type SearchOptions,
  type TransferProgress,
  type WriteEntry,
  type WriteOptions,
} from "@rxsandbox/files";

// Reach ports.
export type { Endpoint } from "@rxsandbox/transport";

// Keep, watch and list sandboxes.
export type { LeaseOptions, LeaseState, LeaseLoss } from "./lease.js";
export type { Sandboxes } from "./sandboxes.js";
export {
  type SandboxInfo,
  type SandboxStatus,
  type SandboxPage,
  type ListOptions,
  type ListFilter,
  type Page,
  type Pagination,
  changes,
  type SandboxChanges,
} from "@rxsandbox/lifecycle";
export type { Metrics, WatchMetricsOptions } from "@rxsandbox/execution";

// Take snapshots.
export type {
  Snapshots,
  SnapshotInfo,
  SnapshotOptions,
  SnapshotListOptions,
  SnapshotFilter,
  SnapshotPage,
} from "@rxsandbox/lifecycle";

// Limit the network, and lend credentials.
export {
  type EgressPolicy,
  type EgressRule,
  type WatchEgressPolicyOptions,
  CredentialVaultConflictError,
  type Credential,
  type CredentialAuth,
  type CredentialBinding,
  type CredentialBindingMetadata,
  type CredentialBindingMutationSet,
  type CredentialMatch,
  type CredentialMetadata,
  type CredentialMutationSet,
  type CredentialVault,
  type CredentialVaultCreateRequest,
  type CredentialVaultPatchRequest,
  type CredentialVaultState,
  type CustomHeaderEntry,
  type InlineCredentialSource,
  type VaultWriteOptions,
} from "@rxsandbox/egress";
export { VAULT_SETTLE_MS } from "@rxsandbox/protocol";

// Find out what went wrong.
export {
  SandboxError,
  type SandboxErrorCode,
  type SandboxErrorOptions,
  isSandboxError,
  ApiError,
  InvalidArgumentError,
  ProtocolError,
  ReadyTimeoutError,
  SandboxGoneError,
  isSandboxGone,
  type GoneSandbox,
  StreamStalledError,
  StreamTruncatedError,
  type TruncationDetails,
  type ErrorText,
  type ClientEvent,
  type CleanupSubject,
} from "@rxsandbox/transport";
export type {
  Diagnostics,
  DiagnosticContent,
  DiagnosticEventOptions,
  DiagnosticLogOptions,
  DiagnosticSummaryOptions,
} from "@rxsandbox/lifecycle";

// Wire types, which are in `@rxsandbox/protocol`.
export {
  /** @deprecated Import it from `@rxsandbox/protocol`. */
  toWireEvent,
  /** @deprecated Import it from `@rxsandbox/protocol`. */
  type WireExecutionEvent,
  /** @deprecated Import it from `@rxsandbox/protocol`. */
  type WireExecutionError,
} from "@rxsandbox/protocol";
