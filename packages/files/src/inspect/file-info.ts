import type { WireFileInfo } from "@rxsandbox/protocol";
import { ProtocolError } from "@rxsandbox/transport";

/** One file of a sandbox (`execd.md` 6). */
export interface FileInfo {
  /** Absolute. */
  readonly path: string;
  /** `file`, `directory`, `symlink` or `other`; absent from older daemons. */
  readonly type?: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
  /** Time of the last change of the inode. */
  readonly createdAt: Date;
  /** Name, or number where it has none. */
  readonly owner: string;
  readonly group: string;
  /** Permission bits as octal digits in a decimal integer: 644 means `rw-r--r--`. */
  readonly mode: number;
}

/** Reads the info of one file from an answer; throws a `ProtocolError` when it is malformed. */
export function parseFileInfo(value: unknown): FileInfo {
  const wire = value as Partial<WireFileInfo> | null;
  if (typeof wire !== "object" || wire === null || typeof wire.path !== "string" || typeof wire.size !== "number")
    throw new ProtocolError("the answer has no file description");
  return {
    path: wire.path,
    ...(wire.type !== undefined && { type: wire.type }),
    size: wire.size,
    modifiedAt: parseDate("modified_at", wire.modified_at),
    createdAt: parseDate("created_at", wire.created_at),
    owner: wire.owner ?? "",
    group: wire.group ?? "",
    mode: wire.mode ?? 0,
  };
}

function parseDate(field: string, value: unknown): Date {
  const date = typeof value === "string" ? new Date(value) : new Date(NaN);
  if (Number.isNaN(date.getTime())) throw new ProtocolError(`the answer's ${field} is not a date`);
  return date;
}
