import { spawn } from "node:child_process";
import { statfs } from "node:fs/promises";
import { boundedTail } from "../../drivers/bounded-tail.js";

/** A sandbox whose files are watched. */
export interface WatchedStorage {
  readonly id: string;
  /** Its own directories. */
  readonly directory: string;
  /** What they may take. */
  readonly limitBytes: number | undefined;
}

/** What a {@link watchStorage} works with. */
export interface StorageWatchParts {
  /** Directory on whose file system all sandboxes lie. */
  readonly stateDir: string;
  /** Bytes that stay free on that file system; 0 for none. `undefined`: {@link defaultReserve}. */
  readonly reserveBytes: number | undefined;
  readonly sandboxes: () => readonly WatchedStorage[];
  /** Ends a sandbox and removes its files; fulfils when that is done. */
  evict(id: string, message: string): Promise<void>;
}

const MIB = 2 ** 20;

/** The fastest writer that the looks at the free space are made for. */
const FASTEST_BYTES_PER_MS = 2e6;
const SHORTEST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 1000;

/** Looks at directories take at most this part of one processor. */
const SCAN_SHARE = 0.1;
const SCAN_TIMEOUT_MS = 30_000;

/** A sandbox that holds less is not worth an eviction. */
const LEAST_EVICTED_BYTES = 16 * MIB;

/**
 * Watches the disk as a kubelet does: a sandbox that holds more than its limit is evicted, and so is the largest one
 * while the file system has less free than the reserve.
 *
 * The free space is looked at more often the less there is. Directories are measured by `du`, in a process of its own,
 * one after the other: it neither follows links nor leaves the file system. Returns the end of the watch.
 */
export function watchStorage(parts: StorageWatchParts): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let nextScanMs = 0;
  const look = async (): Promise<void> => {
    const { freeBytes, sizeBytes } = await spaceOf(parts.stateDir);
    const reserve = parts.reserveBytes ?? defaultReserve(sizeBytes);
    const sandboxes = parts.sandboxes();
    if (sandboxes.length > 0 && freeBytes < reserve) await relieve(sandboxes, freeBytes, reserve);
    else if (performance.now() >= nextScanMs) await scan(sandboxes);
    arm(Math.max(0, freeBytes - reserve));
  };
  const relieve = async (sandboxes: readonly WatchedStorage[], freeBytes: number, reserve: number): Promise<void> => {
    const sizes = await Promise.all(
      sandboxes.map(async ({ id, directory }) => ({ id, bytes: await usageOf(directory) })),
    );
    const largest = sizes.reduce((most, size) => (size.bytes > most.bytes ? size : most));
    if (largest.bytes < LEAST_EVICTED_BYTES || isClosed) return;
    await parts.evict(
      largest.id,
      `the disk of the server is nearly full (${mib(freeBytes)} free, ${mib(reserve)} reserved) and this sandbox held the most, ${mib(largest.bytes)}`,
    );
  };
  const scan = async (sandboxes: readonly WatchedStorage[]): Promise<void> => {
    const startedMs = performance.now();
    for (const { id, directory, limitBytes } of sandboxes) {
      if (limitBytes === undefined) continue;
      const bytes = await usageOf(directory);
      if (bytes > limitBytes && !isClosed)
        await parts.evict(
          id,
          `its files took ${mib(bytes)} of the disk, and its limit of ephemeral-storage is ${mib(limitBytes)}`,
        );
    }
    nextScanMs = performance.now() + (performance.now() - startedMs) / SCAN_SHARE;
  };
  const arm = (spareBytes: number): void => {
    if (isClosed) return;
    // Half of the time that the fastest writer needs to reach the reserve.
    const waitMs = Math.max(SHORTEST_LOOK_MS, spareBytes / FASTEST_BYTES_PER_MS / 2);
    // A file system that does not answer is looked at again.
    timer = setTimeout(() => void look().catch(() => arm(Infinity)), Math.min(LONGEST_LOOK_MS, waitMs)).unref();
  };
  arm(0);
  return () => {
    isClosed = true;
    clearTimeout(timer);
  };
}

/** 512 MiB, or 2 % of a small file system. */
export function defaultReserve(sizeBytes: number): number {
  return Math.min(512 * MIB, sizeBytes * 0.02);
}

async function spaceOf(directory: string): Promise<{ readonly freeBytes: number; readonly sizeBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}

/**
 * Bytes that a tree takes on the disk; 0 when it is gone or too large to be measured in time. Directories that the
 * server may not read are left out.
 */
function usageOf(directory: string): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn("du", ["-skx", "--", directory], {
      stdio: ["ignore", "pipe", "ignore"],
      timeout: SCAN_TIMEOUT_MS,
    });
    const output = boundedTail(child.stdout);
    child.once("error", () => resolve(0));
    child.once("close", () => resolve(Number.parseInt(output(), 10) * 1024 || 0));
  });
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}
