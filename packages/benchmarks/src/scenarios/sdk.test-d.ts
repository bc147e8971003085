import * as officialSdk from "@alibaba-group/opensandbox";
import * as compat from "@rxsandbox/compat";
import type { Sdk } from "./scenario.js";

/** The official SDK is what scenarios are written against, and compat is a drop-in for it. */
const official: Sdk = officialSdk;
const dropIn: Sdk = compat;
void [official, dropIn];

type Given<From extends To, To> = From;

/** What compat gives, code for the official SDK can take. */
export type Results = [
  Given<compat.SandboxInfo, officialSdk.SandboxInfo>,
  Given<compat.ListSandboxesResponse, officialSdk.ListSandboxesResponse>,
  Given<compat.SnapshotInfo, officialSdk.SnapshotInfo>,
  Given<compat.ListSnapshotsResponse, officialSdk.ListSnapshotsResponse>,
  Given<compat.Endpoint, officialSdk.Endpoint>,
  Given<compat.Execution, officialSdk.Execution>,
  Given<compat.ServerStreamEvent, officialSdk.ServerStreamEvent>,
  Given<compat.CommandStatus, officialSdk.CommandStatus>,
  Given<compat.CommandLogs, officialSdk.CommandLogs>,
  Given<compat.FileInfo, officialSdk.FileInfo>,
  Given<compat.ContentReplaceResult, officialSdk.ContentReplaceResult>,
  Given<compat.SandboxMetrics, officialSdk.SandboxMetrics>,
  Given<compat.NetworkPolicy, officialSdk.NetworkPolicy>,
  Given<compat.CredentialVaultState, officialSdk.CredentialVaultState>,
];

/** What the official SDK takes, compat takes. */
export type Options = [
  Given<officialSdk.ConnectionConfigOptions, compat.ConnectionConfigOptions>,
  Given<officialSdk.SandboxFilter, compat.SandboxFilter>,
  Given<officialSdk.ListSnapshotsParams, compat.ListSnapshotsParams>,
  Given<officialSdk.RunCommandOpts, compat.RunCommandOpts>,
  Given<officialSdk.ExecutionHandlers, compat.ExecutionHandlers>,
  Given<officialSdk.Volume, compat.Volume>,
  Given<officialSdk.NetworkPolicy, compat.NetworkPolicy>,
  Given<officialSdk.CredentialVaultCreateRequest, compat.CredentialVaultCreateRequest>,
  Given<officialSdk.CredentialVaultPatchRequest, compat.CredentialVaultPatchRequest>,
];

/** No value of the official SDK is missing: an empty union. */
export const missing: Exclude<keyof typeof officialSdk, keyof typeof compat>[] = [] satisfies never[];

/**
 * Objects of the official SDK stand where compat expects its own. The other way round is ruled out by the private
 * members of the official `ConnectionConfig`, `SandboxManager` and `ExecutionEventDispatcher`, and by the
 * `connectionConfig` of its `Sandbox`.
 */
export type Instances = [
  Given<officialSdk.Sandbox, compat.Sandbox>,
  Given<officialSdk.SandboxManager, compat.SandboxManager>,
  Given<officialSdk.ConnectionConfig, compat.ConnectionConfig>,
  Given<officialSdk.ExecutionEventDispatcher, compat.ExecutionEventDispatcher>,
  Given<officialSdk.DefaultAdapterFactory, compat.DefaultAdapterFactory>,
  Given<officialSdk.AdapterFactory, compat.AdapterFactory>,
  Given<compat.AdapterFactory, officialSdk.AdapterFactory>,
];

/** Exceptions have public members only, on both sides. */
export type Exceptions = [
  Given<officialSdk.SandboxError, compat.SandboxError>,
  Given<compat.SandboxError, officialSdk.SandboxError>,
  Given<officialSdk.SandboxException, compat.SandboxException>,
  Given<compat.SandboxException, officialSdk.SandboxException>,
  Given<officialSdk.SandboxApiException, compat.SandboxApiException>,
  Given<compat.SandboxApiException, officialSdk.SandboxApiException>,
  Given<officialSdk.SandboxReadyTimeoutException, compat.SandboxReadyTimeoutException>,
  Given<compat.InvalidArgumentException, officialSdk.InvalidArgumentException>,
];

/** Models, with the same names on both sides. */
export type Models = [
  Given<compat.CreateSandboxRequest, officialSdk.CreateSandboxRequest>,
  Given<officialSdk.CreateSandboxRequest, compat.CreateSandboxRequest>,
  Given<officialSdk.CreateSandboxResponse, compat.CreateSandboxResponse>,
  Given<compat.CreateSandboxResponse, officialSdk.CreateSandboxResponse>,
  Given<compat.SupportedLanguage, officialSdk.SupportedLanguage>,
  Given<officialSdk.SupportedLanguage, compat.SupportedLanguage>,
  Given<compat.CodeContextRequest, officialSdk.CodeContextRequest>,
  Given<compat.CredentialListResponse, officialSdk.CredentialListResponse>,
  Given<compat.CredentialBindingListResponse, officialSdk.CredentialBindingListResponse>,
  Given<compat.FileMetadata, officialSdk.FileMetadata>,
  Given<compat.Permission, officialSdk.Permission>,
  Given<compat.RenameFileItem, officialSdk.RenameFileItem>,
  Given<compat.ReplaceFileContentItem, officialSdk.ReplaceFileContentItem>,
  Given<compat.Metrics, officialSdk.Metrics>,
  Given<compat.PingResponse, officialSdk.PingResponse>,
  Given<compat.ListIsolatedSessionsResponse, officialSdk.ListIsolatedSessionsResponse>,
];

declare const box: compat.Sandbox;
declare const writtenForOfficial: (
  commands: officialSdk.ExecdCommands,
  files: officialSdk.SandboxFiles,
  sandboxes: officialSdk.Sandboxes,
  handlers: officialSdk.ExecutionHandlers,
) => void;
export const called = (): void =>
  writtenForOfficial(box.commands, box.files, box.sandboxes, {} satisfies compat.ExecutionHandlers);

/** The services, whole, in both directions. */
export type Services = [
  Given<compat.ExecdCommands, officialSdk.ExecdCommands>,
  Given<compat.SandboxFiles, officialSdk.SandboxFiles>,
  Given<compat.ExecdHealth, officialSdk.ExecdHealth>,
  Given<compat.ExecdMetrics, officialSdk.ExecdMetrics>,
  Given<compat.CredentialVault, officialSdk.CredentialVault>,
  Given<compat.IsolationService, officialSdk.IsolationService>,
  Given<compat.Sandboxes, officialSdk.Sandboxes>,
  Given<compat.Egress, officialSdk.Egress>,
  Given<officialSdk.ExecdCommands, compat.ExecdCommands>,
  Given<officialSdk.SandboxFiles, compat.SandboxFiles>,
  Given<officialSdk.CredentialVault, compat.CredentialVault>,
  Given<officialSdk.IsolationService, compat.IsolationService>,
  Given<officialSdk.Sandboxes, compat.Sandboxes>,
  Given<officialSdk.Egress, compat.Egress>,
];
