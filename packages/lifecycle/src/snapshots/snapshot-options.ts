import { MAX_PAGE_SIZE } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { readCount, readList, readObject, readString, readText } from "../argument.js";

/** How to take a snapshot. */
export interface SnapshotOptions {
  /** At least one character; need not be unique. */
  readonly name?: string;
}

/** Which snapshots to list (`lifecycle.md` 7). */
export interface SnapshotFilter {
  /** The sandbox that they were taken of. */
  readonly sandboxId?: string;
  /** Any of these states, in exactly this spelling, unlike those of sandboxes (divergence L39); all when absent or empty. */
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

/** Copies the options of a creation, or throws with the name of the wrong one. */
export function readSnapshotOptions(options: SnapshotOptions): SnapshotOptions {
  const { name } = readObject("options", options, ["name"]);
  return name === undefined ? {} : { name: readName(name) };
}

/** Copies list options, or throws with the name of the wrong one. */
export function readSnapshotListOptions(
  options: SnapshotListOptions,
  names: readonly string[] = ["sandboxId", "states", "name", "page", "pageSize"],
): SnapshotListOptions {
  const { sandboxId, states, name, page, pageSize } = readObject("options", options, names);
  return {
    ...(sandboxId !== undefined && { sandboxId: readText("sandboxId", sandboxId) }),
    ...(states !== undefined && {
      states: readList("states", states).map((state, index) => readText(`states[${index}]`, state)),
    }),
    ...(name !== undefined && { name: readName(name) }),
    ...(page !== undefined && { page: readCount("page", page) }),
    ...(pageSize !== undefined && { pageSize: readCount("pageSize", pageSize, MAX_PAGE_SIZE) }),
  };
}

function readName(value: unknown): string {
  const name = readString("name", value);
  if (name === "") throw new InvalidArgumentError("name", "must not be empty");
  return name;
}
