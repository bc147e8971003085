import { CREATE_ID_METADATA_KEY, type WireSandbox, type WireSandboxStatus } from "@rxsandbox/protocol";
import { ProtocolError, isPathId } from "@rxsandbox/transport";

/** State of a sandbox on the server; an open set (`lifecycle.md` 6). */
export interface SandboxStatus {
  readonly state: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionAt?: Date;
}

/** What the lifecycle API knows about one sandbox (`lifecycle.md` 3). */
export interface SandboxInfo {
  readonly id: string;
  /** Absent in the answer of a create and for a sandbox restored from a snapshot. */
  readonly image?: { readonly uri: string };
  readonly snapshotId?: string;
  readonly platform?: { readonly os: string; readonly arch: string };
  readonly status: SandboxStatus;
  /** Empty when there is none; without the label that this library sets. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly createdAt: Date;
  /** `null` means that it never expires. */
  readonly expiresAt: Date | null;
  readonly extensions?: Readonly<Record<string, string>>;
}

/**
 * Reads a `Sandbox` of the wire; throws a `ProtocolError` when the id or the state is missing, or a date is invalid.
 */
export function parseSandboxInfo(value: unknown): SandboxInfo {
  const wire = value as Partial<WireSandbox> | null;
  if (typeof wire !== "object" || wire === null || !isPathId(wire.id))
    throw new ProtocolError("the answer has no sandbox id");
  const { [CREATE_ID_METADATA_KEY]: _createId, ...metadata } = wire.metadata ?? {};
  return {
    id: wire.id,
    ...(wire.image != null && { image: { uri: wire.image.uri } }),
    ...(wire.snapshotId != null && { snapshotId: wire.snapshotId }),
    ...(wire.platform != null && { platform: { os: wire.platform.os, arch: wire.platform.arch } }),
    status: parseStatus("sandbox", wire.status),
    metadata,
    ...(wire.entrypoint != null && { entrypoint: wire.entrypoint }),
    createdAt: parseDate("createdAt", wire.createdAt),
    expiresAt: wire.expiresAt == null ? null : parseDate("expiresAt", wire.expiresAt),
    ...(wire.extensions != null && { extensions: wire.extensions }),
  };
}

/** Reads the status of a sandbox or a snapshot; throws a `ProtocolError` when it has no state. */
export function parseStatus(
  of: "sandbox" | "snapshot",
  value: Partial<WireSandboxStatus> | null | undefined,
): SandboxStatus {
  if (typeof value !== "object" || value === null || typeof value.state !== "string")
    throw new ProtocolError(`the answer has no ${of} state`);
  return {
    state: value.state,
    ...(value.reason != null && { reason: value.reason }),
    ...(value.message != null && { message: value.message }),
    ...(value.lastTransitionAt != null && {
      lastTransitionAt: parseDate("status.lastTransitionAt", value.lastTransitionAt),
    }),
  };
}

/** Reads an RFC 3339 instant (`lifecycle.md` 1). */
export function parseDate(field: string, value: unknown): Date {
  const date = typeof value === "string" ? new Date(value) : new Date(NaN);
  if (Number.isNaN(date.getTime())) throw new ProtocolError(`the answer's ${field} is not a date`);
  return date;
}
