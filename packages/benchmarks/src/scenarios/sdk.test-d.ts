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

/** The services, whole. */
export type Services = [
  Given<compat.ExecdCommands, officialSdk.ExecdCommands>,
  Given<compat.SandboxFiles, officialSdk.SandboxFiles>,
  Given<compat.ExecdHealth, officialSdk.ExecdHealth>,
  Given<compat.ExecdMetrics, officialSdk.ExecdMetrics>,
  Given<compat.CredentialVault, officialSdk.CredentialVault>,
  Given<compat.IsolationService, officialSdk.IsolationService>,
  Given<compat.Sandboxes, officialSdk.Sandboxes>,
];
