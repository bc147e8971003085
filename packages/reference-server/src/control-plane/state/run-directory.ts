import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { SANDBOX_MARKER } from "../../drivers/process/process-driver.js";
import { processFamily } from "../../drivers/process/process-family.js";
import { startTimeOf } from "../../shared/process-table.js";
import { removeTree } from "./remove-tree.js";

const RECORD = "run.json";
const SOCKET_PREFIX = "rxs-";

/** The directories of one run of the server. */
export interface RunDirectory {
  /** Name of the run; part of the marker of its processes. */
  readonly id: string;
  /** The directories of one sandbox: its own, and a short one for its sockets. */
  forSandbox(sandboxId: string): { readonly directory: string; readonly socketDirectory: string };
  /** The run's own directory. */
  readonly directory: string;
  /** Where one sandbox's own directory is. */
  directoryOf(sandboxId: string): string;
  /** Removes one sandbox's directories. */
  removeSandbox(sandboxId: string): void;
  /** Removes everything of this run. */
  remove(): void;
}

interface RunRecord {
  readonly pid: number;
  readonly startTime: string;
  readonly socketDirectory: string;
}

/** Makes the directories of a new run below `stateDir`. */
export function makeRunDirectory(stateDir: string): RunDirectory {
  const id = randomBytes(6).toString("hex");
  const directory = join(stateDir, "runs", id);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Not below the state directory: a Unix socket's path has about a hundred characters at most.
  const socketDirectory = mkdtempSync(join(tmpdir(), SOCKET_PREFIX));
  const record: RunRecord = { pid: process.pid, startTime: startTimeOf(process.pid) ?? "", socketDirectory };
  writeFileSync(join(directory, RECORD), JSON.stringify(record), { mode: 0o600 });
  const pathsOf = (sandboxId: string): { directory: string; socketDirectory: string } => ({
    directory: join(directory, sandboxId),
    socketDirectory: join(socketDirectory, sandboxId.slice(0, 13)),
  });
  return {
    id,
    directory,
    directoryOf: (sandboxId) => pathsOf(sandboxId).directory,
    forSandbox(sandboxId) {
      const paths = pathsOf(sandboxId);
      for (const path of Object.values(paths)) mkdirSync(path, { mode: 0o700 });
      return paths;
    },
    removeSandbox(sandboxId) {
      for (const path of Object.values(pathsOf(sandboxId))) removeTree(path);
    },
    remove() {
      removeTree(socketDirectory);
      removeTree(directory);
    },
  };
}

/** Ends and removes what earlier servers left when they were killed. Returns how many runs that were. */
export async function sweepRuns(stateDir: string): Promise<number> {
  const runs = join(stateDir, "runs");
  if (!existsSync(runs)) return 0;
  let swept = 0;
  for (const id of readdirSync(runs)) {
    const directory = join(runs, id);
    const record = readRecord(directory);
    if (record !== undefined && startTimeOf(record.pid) === record.startTime) continue;
    for (const sandboxId of readdirSync(directory).filter((name) => name !== RECORD)) {
      await processFamily(`${SANDBOX_MARKER}=${id}.${sandboxId}`).killAll();
    }
    if (record !== undefined && isOwnSocketDirectory(record.socketDirectory)) removeTree(record.socketDirectory);
    removeTree(directory);
    swept += 1;
  }
  return swept;
}

function readRecord(directory: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, RECORD), "utf8")) as RunRecord;
  } catch {
    // A run that was cut before it wrote its record is left-over by definition.
    return undefined;
  }
}

function isOwnSocketDirectory(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && basename(path).startsWith(SOCKET_PREFIX) && stat.uid === process.getuid?.();
}
