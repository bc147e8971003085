import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeTree } from "../state/remove-tree.js";
import type { SnapshotRecord, SnapshotState } from "./snapshot-record.js";

const RECORD = "snapshot.json";

/** The finished snapshots below a state directory; they outlive the server. */
export interface SnapshotStore {
  /** The records of all that are there; what was only half deleted is removed. */
  load(): readonly SnapshotRecord[];
  /** Where the files of a finished snapshot lie. */
  filesOf(id: string): string;
  /** Takes over a directory whose `files` are complete; all or nothing. */
  keep(record: SnapshotRecord, directory: string): void;
  /** Writes a record whose state changed. */
  update(record: SnapshotRecord): void;
  remove(id: string): void;
}

/** Opens the snapshots below `stateDir`, a private directory. */
export function snapshotStore(stateDir: string): SnapshotStore {
  const root = join(stateDir, "snapshots");
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return {
    load: () =>
      readdirSync(root).flatMap((id) => {
        const record = readRecord(join(root, id), id);
        if (record !== undefined) return [record];
        removeTree(join(root, id));
        return [];
      }),
    filesOf: (id) => join(root, id, "files"),
    keep(record, directory) {
      writeRecord(directory, record);
      renameSync(directory, join(root, record.id));
    },
    update: (record) => writeRecord(join(root, record.id), record),
    remove(id) {
      // The record goes first: without it the rest is a left-over.
      rmSync(join(root, id, RECORD), { force: true });
      removeTree(join(root, id));
    },
  };
}

function writeRecord(
  directory: string,
  { id, sandboxId, name, createdAtMs, state, stateSinceMs }: SnapshotRecord,
): void {
  const temporary = join(directory, `${RECORD}.new`);
  writeFileSync(temporary, JSON.stringify({ id, sandboxId, name, createdAtMs, state, stateSinceMs }), { mode: 0o600 });
  renameSync(temporary, join(directory, RECORD));
}

function readRecord(directory: string, id: string): SnapshotRecord | undefined {
  try {
    const value = JSON.parse(readFileSync(join(directory, RECORD), "utf8")) as Partial<
      Record<keyof SnapshotRecord, unknown>
    >;
    const { sandboxId, name, createdAtMs, state, stateSinceMs } = value;
    if (
      value.id !== id ||
      typeof sandboxId !== "string" ||
      typeof createdAtMs !== "number" ||
      typeof stateSinceMs !== "number"
    )
      return undefined;
    if (state !== "Ready" && state !== "Deleting") return undefined;
    if (!existsSync(join(directory, "files"))) return undefined;
    return {
      id,
      sandboxId,
      name: typeof name === "string" ? name : undefined,
      createdAtMs,
      state: state satisfies SnapshotState,
      stateSinceMs,
      failure: undefined,
    };
  } catch {
    // Without a record that can be read nobody knows what the files are.
    return undefined;
  }
}
