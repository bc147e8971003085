import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { problem } from "../http/http-problem.js";
import type { ResolvedOptions } from "../server-options.js";
import { removeTree } from "../state/remove-tree.js";
import { copyTree } from "./copy-tree.js";
import type { SnapshotRecord } from "./snapshot-record.js";
import { snapshotStore } from "./snapshot-store.js";

const WORKERS = 2;
/** How long the fault `snapshot-slow` holds a copy back. */
const SLOW_MS = 200;

/** A sandbox that stands still for a snapshot. */
export interface SnapshotSource {
  readonly sandboxId: string;
  readonly directory: string;
  /** Directories below it that a snapshot holds, and what is left out of them. */
  readonly contents: readonly string[];
  readonly skipped: readonly string[];
  /** Lets it go on; tells whether it stood still all the time. */
  release(): Promise<boolean>;
}

/** The use of a snapshot by one sandbox. */
export interface SnapshotClaim {
  /** Puts the files into the directory of a new sandbox. */
  restore(directory: string): Promise<void>;
  /** The sandbox is gone. */
  release(): void;
}

/** Keeps the snapshots of one server (`lifecycle.md` 7). */
export interface SnapshotRegistry {
  /** Accepts a snapshot; two are copied at a time. */
  create(source: SnapshotSource, name: string | undefined): SnapshotRecord;
  /** The snapshot with that id; throws 404. */
  get(id: string): SnapshotRecord;
  /** Newest first. */
  all(): readonly SnapshotRecord[];
  /** Deletes; throws 409 while it is being created, and while a sandbox uses it, which leaves it `Deleting`. */
  remove(id: string): void;
  /** Takes a snapshot for a restore; throws 404, or 409 when it is not ready. */
  claim(id: string): SnapshotClaim;
  /** Breaks off what is being copied; nothing of it stays. */
  close(): Promise<void>;
}

/**
 * Opens the snapshots of `stateDir`; unfinished copies live below `runDirectory`, which goes with this run of the
 * server.
 */
export function snapshotRegistry({
  options,
  runDirectory,
}: {
  readonly options: ResolvedOptions;
  readonly runDirectory: string;
}): SnapshotRegistry {
  const { clock } = options;
  const store = snapshotStore(options.stateDir);
  const records = new Map<string, SnapshotRecord>();
  const uses = new Map<string, number>();
  const closing = new AbortController();
  const jobs = new Set<Promise<void>>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  const loaded = [...store.load()].sort((one, other) => one.createdAtMs - other.createdAtMs);
  for (const record of loaded) records.set(record.id, record);

  const get = (id: string): SnapshotRecord => {
    const record = records.get(id);
    if (record === undefined) throw problem(404, "SNAPSHOT::NOT_FOUND", `Snapshot ${id} not found`);
    return record;
  };
  const enter = (record: SnapshotRecord, state: SnapshotRecord["state"]): void => {
    record.state = state;
    record.stateSinceMs = clock.now();
  };

  const copy = async (record: SnapshotRecord, source: SnapshotSource): Promise<void> => {
    const directory = join(runDirectory, "snapshots", record.id);
    let failure: unknown;
    try {
      await mkdir(join(directory, "files"), { recursive: true, mode: 0o700 });
      for (const name of source.contents) {
        await copyTree(join(source.directory, name), join(directory, "files", name), {
          signal: closing.signal,
          skipped: source.skipped,
        });
      }
      if (options.faults.includes("snapshot-slow")) await untilInstant(record.createdAtMs + SLOW_MS);
    } catch (error) {
      failure = error;
    }
    const isWhole = await source.release().catch(() => false);
    try {
      if (failure !== undefined) throw failure;
      if (!isWhole) throw new Error("the sandbox ended meanwhile");
      store.keep({ ...record, state: "Ready", stateSinceMs: clock.now() }, directory);
      enter(record, "Ready");
    } catch (error) {
      // Paths of the host stay private.
      record.failure = "The sandbox's files could not be copied.";
      enter(record, "Failed");
      options.onEvent({
        type: "failure",
        what: `taking snapshot ${record.id}`,
        message: error instanceof Error ? error.message : String(error),
      });
      removeTree(directory);
    }
  };
  const untilInstant = (atMs: number): Promise<void> =>
    new Promise((resolve) => {
      if (atMs <= clock.now()) return resolve();
      const cancel = clock.callAt(atMs, resolve);
      closing.signal.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  const inTurn = async (work: () => Promise<void>): Promise<void> => {
    if (busy >= WORKERS) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };

  return {
    get,
    all: () => [...records.values()].reverse(),
    create(source, name) {
      const nowMs = clock.now();
      const record: SnapshotRecord = {
        id: randomUUID(),
        sandboxId: source.sandboxId,
        name,
        createdAtMs: nowMs,
        state: "Creating",
        stateSinceMs: nowMs,
        failure: undefined,
      };
      records.set(record.id, record);
      const job = inTurn(() => copy(record, source));
      jobs.add(job);
      void job.finally(() => jobs.delete(job));
      return record;
    },
    remove(id) {
      const record = get(id);
      if (record.state === "Creating")
        throw problem(409, "SNAPSHOT::INVALID_STATE", `Snapshot ${id} is still being created and cannot be deleted`);
      if ((uses.get(id) ?? 0) > 0) {
        enter(record, "Deleting");
        store.update(record);
        throw problem(409, "SNAPSHOT::DELETE_CONFLICT", "snapshot image cannot be deleted due to a conflict");
      }
      store.remove(id);
      records.delete(id);
    },
    claim(id) {
      if (get(id).state !== "Ready")
        throw problem(409, "SNAPSHOT::NOT_READY", `Snapshot ${id} is not ready for restore.`);
      uses.set(id, (uses.get(id) ?? 0) + 1);
      let isHeld = true;
      return {
        restore: (directory) => copyTree(store.filesOf(id), directory, { signal: closing.signal }),
        release() {
          if (!isHeld) return;
          isHeld = false;
          uses.set(id, (uses.get(id) ?? 0) - 1);
        },
      };
    },
    async close() {
      closing.abort(new Error("the server is stopping"));
      await Promise.all(jobs);
    },
  };
}
