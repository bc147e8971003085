import type { WireSandbox, WireSandboxStatus } from "@rxsandbox/protocol";
import type { SandboxLimits } from "../../drivers/limits/sandbox-limits.js";
import type { SandboxFailure, SandboxHandle } from "../../drivers/sandbox-driver.js";
import type { EgressPassage } from "../../egress/traffic/egress-proxy.js";
import type { SandboxSidecar } from "./sandbox-sidecar.js";
import type { SandboxLog } from "./sandbox-log.js";
import { formatInstant } from "../requests/instant-rule.js";

/** What a sandbox is doing; `removing` shows as a failure with code 137 until it is gone (`divergences.md` L12). */
export type SandboxPhase =
  | { readonly kind: "running" }
  /** For a snapshot: until that is copied, whatever its owner says. */
  | { readonly kind: "paused"; readonly isForSnapshot?: boolean }
  /** With `failure`, the server ended it because it could not go on. */
  | { readonly kind: "exited"; readonly exitCode: number; readonly failure?: SandboxFailure }
  | { readonly kind: "removing" };

/** One sandbox as the server keeps it. */
export interface SandboxRecord {
  readonly id: string;
  readonly image: string | undefined;
  /** The snapshot that it was restored from. */
  readonly snapshotId: string | undefined;
  readonly platform: { readonly os: string; readonly arch: string } | undefined;
  readonly entrypoint: readonly string[];
  /** Variables of the create request. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: SandboxLog;
  readonly createdAtMs: number;
  readonly createMetadata: Readonly<Record<string, string>>;
  readonly limits: SandboxLimits;
  readonly handle: SandboxHandle;
  readonly sidecar: SandboxSidecar | undefined;
  /** Its way out through the egress proxy, where it has one. */
  readonly passage: EgressPassage | undefined;
  /** Seconds by which access through the server proxy prolongs the sandbox's life, when it was asked for. */
  readonly extendSeconds: number | undefined;
  /** Gives up the snapshot that it was restored from. */
  readonly releaseSnapshot: () => void;
  /** Named volumes that go with the sandbox. */
  readonly removedVolumes: readonly string[];
  metadata: Readonly<Record<string, string>>;
  phase: SandboxPhase;
  phaseSinceMs: number;
  expiresAtMs: number | undefined;
  extendedAtMs: number | undefined;
  cancelExpiry: () => void;
  /** Called when a pause ends, by a resume or with the sandbox: requests for the sidecar wait for it. */
  readonly pauseEnded: Set<() => void>;
}

/** A sandbox as `GET` and list show it (`lifecycle.md` 3). */
export function wireSandbox(record: SandboxRecord): WireSandbox {
  return {
    id: record.id,
    ...(record.image === undefined ? {} : { image: { uri: record.image } }),
    ...(record.snapshotId === undefined ? {} : { snapshotId: record.snapshotId }),
    ...(record.platform === undefined ? {} : { platform: record.platform }),
    status: statusOf(record),
    ...(Object.keys(record.metadata).length === 0 ? {} : { metadata: record.metadata }),
    entrypoint: record.entrypoint,
    ...(record.expiresAtMs === undefined ? {} : { expiresAt: formatInstant(record.expiresAtMs) }),
    createdAt: formatInstant(record.createdAtMs),
  };
}

/**
 * A sandbox as the answer of create shows it: no image and no snapshot, metadata also when empty (`lifecycle.md` 2.2).
 */
export function wireCreated(
  record: SandboxRecord,
  options: { readonly hasMetadata: boolean; readonly state: "Running" | "Pending" },
): WireSandbox {
  const { image: _image, snapshotId: _snapshotId, metadata, ...sandbox } = wireSandbox(record);
  const started = formatInstant(record.createdAtMs);
  const status =
    options.state === "Running"
      ? {
          state: "Running",
          reason: "CONTAINER_RUNNING",
          message: "Sandbox container started successfully.",
          lastTransitionAt: started,
        }
      : {
          state: "Pending",
          reason: "CONTAINER_STARTING",
          message: "Sandbox container is starting.",
          lastTransitionAt: started,
        };
  return { ...sandbox, status, ...(options.hasMetadata ? { metadata: metadata ?? {} } : {}) };
}

/** The state's name on the wire (`lifecycle.md` 6). */
export function stateOf(record: SandboxRecord): string {
  return statusOf(record).state;
}

function statusOf(record: SandboxRecord): WireSandboxStatus {
  const lastTransitionAt = formatInstant(record.phaseSinceMs);
  const { phase } = record;
  if (phase.kind === "running") {
    return {
      state: "Running",
      reason: "CONTAINER_RUNNING",
      message: "Sandbox container is running.",
      lastTransitionAt,
    };
  }
  if (phase.kind === "paused") {
    return { state: "Paused", reason: "CONTAINER_PAUSED", message: "Sandbox container is paused.", lastTransitionAt };
  }
  if (phase.kind === "exited" && phase.failure !== undefined)
    return { state: "Failed", ...phase.failure, lastTransitionAt };
  const exitCode = phase.kind === "exited" ? phase.exitCode : 137;
  return exitCode === 0
    ? {
        state: "Terminated",
        reason: "CONTAINER_EXITED",
        message: "Sandbox container exited successfully.",
        lastTransitionAt,
      }
    : {
        state: "Failed",
        reason: "CONTAINER_EXITED_ERROR",
        message: `Sandbox container exited with code ${exitCode}.`,
        lastTransitionAt,
      };
}
