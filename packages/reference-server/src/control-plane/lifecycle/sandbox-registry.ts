import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { readLimits } from "../../drivers/limits/sandbox-limits.js";
import type { SandboxDriver, SandboxFailure } from "../../drivers/sandbox-driver.js";
import { problem, sandboxNotFound } from "../http/http-problem.js";
import type { TrafficRules } from "../../egress/sidecar.js";
import type { EgressPassage } from "../../egress/traffic/egress-proxy.js";
import type { SandboxSidecar, SidecarRequest } from "./sandbox-sidecar.js";
import { isLifecycleFault, type LifecycleFault } from "../server-faults.js";
import type { ResolvedOptions } from "../server-options.js";
import type { SnapshotRegistry, SnapshotSource } from "../snapshots/snapshot-registry.js";
import { removeTree } from "../state/remove-tree.js";
import type { RunDirectory } from "../state/run-directory.js";
import { checkCreate } from "./create-checks.js";
import { type CreateRequest, REMOVED } from "../requests/create-request.js";
import { isBlank } from "../requests/scalar-rules.js";
import { checkMetadataPatch } from "../requests/metadata-labels.js";
import { formatInstant } from "../requests/instant-rule.js";
import { SandboxLog } from "./sandbox-log.js";
import type { SandboxPhase, SandboxRecord } from "./sandbox-record.js";
import { planVolumes } from "./volume-plan.js";

/** What a create from a snapshot runs when it names nothing (`lifecycle.md` 2.1). */
const RESTORED_ENTRYPOINT = ["tail", "-f", "/dev/null"];

/** Exit code that stands for a kill. */
const KILLED_EXIT_CODE = 137;

/** Smallest distance between two extensions by access (`lifecycle.md` 9). */
const EXTENSION_INTERVAL_MS = 60_000;

/** Keeps the sandboxes of one server and does what the lifecycle API asks for. */
export interface SandboxRegistry {
  /** Starts a sandbox; throws the refusal of `lifecycle.md` 2 and leaves nothing. */
  create(request: CreateRequest): Promise<SandboxRecord>;
  /** The sandbox with that id; throws 404. */
  get(id: string): SandboxRecord;
  /** Newest first. */
  all(): readonly SandboxRecord[];
  remove(id: string): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  /**
   * Makes a running sandbox stand still for a snapshot, in which it shows `Paused`; throws 409 for any other
   * (`lifecycle.md` 7).
   */
  holdForSnapshot(id: string): Promise<SnapshotSource>;
  /** Sets a new end of life; throws the refusal of `lifecycle.md` 4. */
  renew(id: string, expiresAtMs: number): void;
  patchMetadata(id: string, patch: Readonly<Record<string, string | typeof REMOVED>>): SandboxRecord;
  /** Prolongs a sandbox that was created with renewal by access. */
  noteAccess(record: SandboxRecord): void;
  /** Ends a sandbox because of its use of the disk, and removes its files; `cause` is the reason in words. */
  evict(id: string, cause: string): Promise<void>;
  /** Ends every sandbox, those that are just being created included. */
  close(): Promise<void>;
}

/** What a {@link SandboxRegistry} works with. */
export interface SandboxRegistryParts {
  readonly options: ResolvedOptions;
  readonly driver: SandboxDriver;
  readonly run: RunDirectory;
  readonly snapshots: Pick<SnapshotRegistry, "claim">;
  /** Starts an egress sidecar; throws when the policy cannot be enforced. */
  createSidecar(request: SidecarRequest): SandboxSidecar;
  /** Opens a sandbox's way out through the egress proxy; `undefined` where it needs none. */
  openPassage(rules: TrafficRules | undefined, socketDirectory: string): Promise<EgressPassage | undefined>;
}

/** Makes an empty registry. */
export function sandboxRegistry(parts: SandboxRegistryParts): SandboxRegistry {
  const { options, driver, run } = parts;
  const { clock } = options;
  const records = new Map<string, SandboxRecord>();
  const starting = new Set<Promise<unknown>>();
  const workerFaults = options.faults.filter((name) => !isLifecycleFault(name));
  const hasFault = (name: LifecycleFault): boolean => options.faults.includes(name);
  const emit = options.onEvent;
  let isClosed = false;

  const get = (id: string): SandboxRecord => {
    const record = records.get(id);
    if (record === undefined) throw sandboxNotFound(id);
    return record;
  };
  const enter = (record: SandboxRecord, phase: SandboxPhase): void => {
    const isPauseOver = record.phase.kind === "paused" && phase.kind !== "paused";
    record.phase = phase;
    record.phaseSinceMs = clock.now();
    record.log.write(record.phaseSinceMs, describePhase(phase));
    if (isPauseOver) for (const settle of record.pauseEnded) settle();
  };
  const expireAt = (record: SandboxRecord, expiresAtMs: number | undefined): void => {
    record.cancelExpiry();
    record.expiresAtMs = expiresAtMs;
    if (expiresAtMs === undefined) return;
    record.cancelExpiry = clock.callAt(expiresAtMs, () => void end(record, "expired"));
  };
  const end = async (record: SandboxRecord, reason: "deleted" | "expired" | "closed"): Promise<void> => {
    if (record.phase.kind === "removing") return;
    record.cancelExpiry();
    enter(record, { kind: "removing" });
    try {
      await record.handle.kill();
      record.passage?.close();
      run.removeSandbox(record.id);
      for (const path of record.removedVolumes) removeTree(path);
    } catch (error) {
      emit({ type: "failure", what: `removing sandbox ${record.id}`, message: messageOf(error) });
    }
    record.releaseSnapshot();
    records.delete(record.id);
    emit({ type: "sandbox-removed", id: record.id, reason });
  };
  const goOn = async (record: SandboxRecord): Promise<void> => {
    await record.handle.resume();
    if (phaseOf(record) === "paused") enter(record, { kind: "running" });
  };
  const watchMain = async (record: SandboxRecord): Promise<void> => {
    const exitCode = await record.handle.exited;
    if (record.phase.kind === "removing" || record.phase.kind === "exited") return;
    enter(record, { kind: "exited", exitCode });
    emit({ type: "sandbox-exited", id: record.id, exitCode });
    // The main process carries the sandbox: nothing of it outlives that.
    await record.handle.kill();
  };
  const fail = async (record: SandboxRecord, failure: SandboxFailure): Promise<void> => {
    if (record.phase.kind === "removing" || record.phase.kind === "exited") return;
    enter(record, { kind: "exited", exitCode: KILLED_EXIT_CODE, failure });
    emit({ type: "sandbox-failed", id: record.id, ...failure });
    await record.handle.kill();
  };

  const start = async (request: CreateRequest): Promise<SandboxRecord> => {
    const startedAtMs = clock.now();
    const checked = checkCreate(request, { nowMs: startedAtMs, maxTimeoutSeconds: options.maxTimeoutSeconds });
    const plan = planVolumes(request.volumes ?? [], {
      allowedHostPaths: options.allowedHostPaths,
      namedVolumes: join(options.stateDir, "volumes"),
    });
    const env = readEnvironment(request.env);
    const snapshotId = isBlank(request.snapshotId) ? undefined : request.snapshotId;
    const claim = snapshotId === undefined ? undefined : parts.snapshots.claim(snapshotId);
    const id = randomUUID();
    const limits = readLimits(request.resourceLimits ?? {}, options.maxProcesses);
    const entrypoint = request.entrypoint ?? RESTORED_ENTRYPOINT;
    const begin = async (): Promise<Pick<SandboxRecord, "sidecar" | "passage" | "handle">> => {
      const sidecar = await startSidecar(request);
      const directories = run.forSandbox(id);
      let passage: EgressPassage | undefined;
      try {
        passage = await parts.openPassage(sidecar?.rules, directories.socketDirectory);
        await claim?.restore(directories.directory);
        const handle = await driver.start({
          id,
          ...directories,
          entrypoint,
          env: { ...passage?.environment, ...env },
          volumes: plan.volumes,
          limits,
          worker: {
            tailMs: options.tailMs,
            pollMs: 100,
            pingMs: 3000,
            framing: options.framing,
            resultTextKey: options.profile === "spec" ? "text/plain" : "text",
            faults: workerFaults,
          },
        });
        return { sidecar, passage, handle };
      } catch (error) {
        passage?.close();
        run.removeSandbox(id);
        throw problem(500, "DOCKER::SANDBOX_START_FAILED", `Failed to create or start container: ${messageOf(error)}`);
      }
    };
    const { sidecar, passage, handle } = await begin().catch((error: unknown) => {
      claim?.release();
      throw error;
    });
    const metadata = { ...request.metadata };
    const record: SandboxRecord = {
      id,
      image: request.image?.uri,
      snapshotId,
      releaseSnapshot: () => claim?.release(),
      platform: checked.platform,
      entrypoint,
      env,
      log: new SandboxLog(),
      createdAtMs: startedAtMs,
      createMetadata: metadata,
      limits,
      handle,
      sidecar,
      passage,
      extendSeconds: checked.extendSeconds,
      removedVolumes: plan.removedWithSandbox,
      metadata,
      phase: { kind: "running" },
      phaseSinceMs: startedAtMs,
      expiresAtMs: undefined,
      extendedAtMs: undefined,
      cancelExpiry: () => {},
      pauseEnded: new Set(),
    };
    record.log.write(
      startedAtMs,
      `created by driver ${driver.name}${snapshotId === undefined ? "" : ` from snapshot ${snapshotId}`}`,
    );
    records.set(id, record);
    expireAt(record, checked.expiresAtMs);
    void watchMain(record);
    void handle.failed.then((failure) => fail(record, failure));
    emit({ type: "sandbox-created", id, startMs: clock.now() - startedAtMs });
    return record;
  };
  const startSidecar = async (request: CreateRequest): Promise<SandboxSidecar | undefined> => {
    if (request.networkPolicy === undefined) return undefined;
    try {
      // The server hands a missing list on as an empty one (`egress.md` 2.4).
      const policy = { ...request.networkPolicy, egress: request.networkPolicy.egress ?? [] };
      return parts.createSidecar({ policy, hasCredentialProxy: request.credentialProxy?.enabled === true });
    } catch (error) {
      if (hasFault("egress-start-slow"))
        await new Promise<void>((resolve) => clock.callAt(clock.now() + 30_000, resolve));
      throw problem(500, "DOCKER::SANDBOX_START_FAILED", `Egress sidecar did not start: ${messageOf(error)}`);
    }
  };

  return {
    get,
    // Two that were created at one time may be ready in the other order (`lifecycle.md` 3).
    all: () => [...records.values()].reverse().sort((a, b) => b.createdAtMs - a.createdAtMs),
    async create(request) {
      if (isClosed) throw problem(503, "DOCKER::INITIALIZATION_ERROR", "The server is stopping.");
      const started = start(request);
      const settled = started.catch(() => {});
      starting.add(settled);
      await settled;
      starting.delete(settled);
      return started;
    },
    async remove(id) {
      const record = get(id);
      if (record.phase.kind === "removing") {
        throw problem(
          500,
          "DOCKER::SANDBOX_DELETE_FAILED",
          `Failed to delete sandbox container: removal of ${id} is already in progress`,
        );
      }
      await end(record, "deleted");
    },
    async pause(id) {
      const record = get(id);
      if (record.phase.kind === "paused" && hasFault("pause-paused-500")) {
        throw problem(
          500,
          "DOCKER::SANDBOX_PAUSE_FAILED",
          `Failed to pause sandbox container: ${id} is already paused`,
        );
      }
      if (record.phase.kind !== "running")
        throw problem(409, "DOCKER::SANDBOX_NOT_RUNNING", "Sandbox is not in a running state.");
      enter(record, { kind: "paused" });
      try {
        await record.handle.pause();
      } catch (error) {
        if (phaseOf(record) === "paused") enter(record, { kind: "running" });
        throw problem(500, "DOCKER::SANDBOX_PAUSE_FAILED", `Failed to pause sandbox container: ${messageOf(error)}`);
      }
    },
    async resume(id) {
      const record = get(id);
      if (record.phase.kind !== "paused")
        throw problem(409, "DOCKER::SANDBOX_NOT_PAUSED", "Sandbox is not in a paused state.");
      if (record.phase.isForSnapshot === true)
        throw problem(409, "DOCKER::SANDBOX_NOT_PAUSED", "Sandbox is paused for a snapshot and resumes by itself.");
      await goOn(record);
    },
    async holdForSnapshot(id) {
      const record = get(id);
      if (record.phase.kind !== "running")
        throw problem(409, "SNAPSHOT::INVALID_SOURCE_STATE", "Snapshot can only be created from a Running sandbox.");
      const held: SandboxPhase = { kind: "paused", isForSnapshot: true };
      enter(record, held);
      try {
        await record.handle.pause();
      } catch (error) {
        if (phaseOf(record) === "paused") enter(record, { kind: "running" });
        throw problem(500, "DOCKER::SANDBOX_PAUSE_FAILED", `Failed to pause sandbox container: ${messageOf(error)}`);
      }
      return {
        sandboxId: id,
        directory: run.directoryOf(id),
        contents: driver.contents,
        skipped: driver.skipped,
        release: async () => {
          // A sandbox that was deleted or ended meanwhile may have lost files during the copy.
          if (record.phase !== held) return false;
          await goOn(record);
          return true;
        },
      };
    },
    renew(id, expiresAtMs) {
      const record = get(id);
      const nowMs = clock.now();
      if (!(expiresAtMs > nowMs))
        throw problem(400, "DOCKER::INVALID_EXPIRATION", "New expiration time must be in the future.");
      if (record.expiresAtMs === undefined) {
        throw problem(409, "DOCKER::INVALID_EXPIRATION", `Sandbox ${id} does not have automatic expiration enabled.`);
      }
      if (options.profile === "spec" && expiresAtMs <= record.expiresAtMs) {
        throw problem(400, "DOCKER::EXPIRATION_NOT_EXTENDED", "New expiration time must be after the current one.");
      }
      if (options.maxTimeoutSeconds !== undefined && expiresAtMs - nowMs > options.maxTimeoutSeconds * 1000) {
        throw problem(
          400,
          "SANDBOX::INVALID_PARAMETER",
          `New expiration time exceeds configured maximum of ${options.maxTimeoutSeconds}s.`,
        );
      }
      expireAt(record, expiresAtMs);
      record.log.write(nowMs, `renewed until ${formatInstant(expiresAtMs)}`);
    },
    patchMetadata(id, patch) {
      const record = get(id);
      checkMetadataPatch(patch);
      const isEmpty = Object.keys(patch).length === 0;
      const base =
        hasFault("deleted-metadata-returns") && !isEmpty
          ? { ...record.createMetadata, ...record.metadata }
          : record.metadata;
      const entries = Object.entries({ ...base, ...patch });
      record.metadata = Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== REMOVED));
      return record;
    },
    noteAccess(record) {
      const nowMs = clock.now();
      if (record.extendSeconds === undefined || record.expiresAtMs === undefined || record.phase.kind !== "running")
        return;
      if (record.extendedAtMs !== undefined && nowMs - record.extendedAtMs < EXTENSION_INTERVAL_MS) return;
      const expiresAtMs = nowMs + record.extendSeconds * 1000;
      if (expiresAtMs <= record.expiresAtMs) return;
      record.extendedAtMs = nowMs;
      expireAt(record, expiresAtMs);
    },
    async evict(id, cause) {
      const record = records.get(id);
      if (record === undefined || record.phase.kind === "removing" || record.phase.kind === "exited") return;
      await fail(record, { reason: "EVICTED", message: `Sandbox was evicted: ${cause}.` });
      run.removeSandbox(id);
    },
    async close() {
      isClosed = true;
      await Promise.all(starting);
      await Promise.all([...records.values()].map((record) => end(record, "closed")));
    },
  };
}

/** `null` values are dropped (`divergences.md` L18); a name that no process can have is the engine's refusal. */
function readEnvironment(env: Readonly<Record<string, string>> | undefined): Record<string, string> {
  for (const [name, value] of Object.entries(env ?? {})) {
    if (name === "" || name.includes("\0") || value.includes("\0")) {
      throw problem(
        500,
        "DOCKER::SANDBOX_START_FAILED",
        "Failed to create or start container: invalid environment variable",
      );
    }
  }
  return { ...env };
}

function describePhase(phase: SandboxPhase): string {
  switch (phase.kind) {
    case "paused":
      return phase.isForSnapshot === true ? "paused for a snapshot" : "paused";
    case "exited":
      if (phase.failure !== undefined) return `failed: ${phase.failure.message}`;
      return `main process ended with code ${phase.exitCode}`;
    default:
      return phase.kind;
  }
}

/** Read again: the phase may have changed while a call was waiting. */
function phaseOf(record: SandboxRecord): SandboxPhase["kind"] {
  return record.phase.kind;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
