import { EGRESS_PORT, EXECD_PORT } from "../../shared/ports.js";
import type { SandboxRecord } from "../lifecycle/sandbox-record.js";

/** What a port of a sandbox leads to. */
export type SandboxTarget =
  /** The worker, asked under `prefix` + path. */
  | { readonly kind: "worker"; readonly prefix: string }
  | { readonly kind: "sidecar"; readonly sidecar: NonNullable<SandboxRecord["sidecar"]> }
  /** No sidecar listens. */
  | { readonly kind: "closed" }
  /** The main process ended, and the sandbox's network with it. */
  | { readonly kind: "exited" };

/** Finds out what a port of a sandbox leads to. */
export function sandboxTarget(record: SandboxRecord, port: number): SandboxTarget {
  if (record.phase.kind === "exited" || record.phase.kind === "removing") return { kind: "exited" };
  if (port === EXECD_PORT) return { kind: "worker", prefix: "" };
  if (port !== EGRESS_PORT) return { kind: "worker", prefix: `/proxy/${port}` };
  return record.sidecar === undefined ? { kind: "closed" } : { kind: "sidecar", sidecar: record.sidecar };
}

/**
 * Calls `proceed` once the sandbox is not paused; a paused one answers nobody. Calls `giveUp` instead when it ends in
 * the pause. Returns the cancellation.
 */
export function afterPause(record: SandboxRecord, proceed: () => void, giveUp: () => void): () => void {
  if (record.phase.kind !== "paused") {
    proceed();
    return () => {};
  }
  const once = (): void => {
    record.pauseEnded.delete(once);
    if (record.phase.kind === "exited" || record.phase.kind === "removing") giveUp();
    else proceed();
  };
  record.pauseEnded.add(once);
  return () => record.pauseEnded.delete(once);
}

/** The headers that an endpoint answer hands out for a port (`lifecycle.md` 5). */
export function endpointHeaders(record: SandboxRecord, port: number): Readonly<Record<string, string>> | undefined {
  return port === EGRESS_PORT && record.sidecar !== undefined
    ? { "OPENSANDBOX-EGRESS-AUTH": record.sidecar.token }
    : undefined;
}
