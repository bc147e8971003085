import { InvalidArgumentError } from "@rxsandbox/transport";
import { readOptions, readString, readText } from "@rxsandbox/transport/calls";
import { pageReads, readStates } from "../list/list-options.js";

/** How to take a snapshot. */
export interface SnapshotOptions {
  /** At least one character; need not be unique. */
  readonly name?: string;
}

/** Which snapshots to list (`lifecycle.md` 7). */
export interface SnapshotFilter {
  /** The sandbox that they were taken of. */
  readonly sandboxId?: string;
  /**
   * Any of these states, in exactly this spelling, unlike those of sandboxes (divergence L39); all when absent or
   * empty.
   */
  readonly states?: readonly string[];
  /** Newer servers only; others ignore it. */
  readonly name?: string;
}

/** Which page of them. */
export interface SnapshotListOptions extends SnapshotFilter {
  /** From 1; 1 when absent. */
  readonly page?: number;
  /** 1 to 200; the server's default is 20. */
  readonly pageSize?: number;
}

const filterReads = { sandboxId: readText, states: readStates, name: readName };

/** Copies the options of a creation, or throws with the name of the wrong one. */
export function readSnapshotOptions(options: SnapshotOptions): SnapshotOptions {
  return readOptions(options, { name: readName });
}

/** Copies a filter, or throws with the name of the wrong option. */
export function readSnapshotFilter(filter: SnapshotFilter): SnapshotFilter {
  return readOptions(filter, filterReads);
}

/** Copies list options, or throws with the name of the wrong one. */
export function readSnapshotListOptions(options: SnapshotListOptions): SnapshotListOptions {
  return readOptions(options, { ...filterReads, ...pageReads });
}

function readName(path: string, value: unknown): string {
  const name = readString(path, value);
  if (name === "") throw new InvalidArgumentError(path, "must not be empty");
  return name;
}
