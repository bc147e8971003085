import { InvalidArgumentError } from "@rxsandbox/transport";
import { readText } from "@rxsandbox/transport/calls";

/** Who may use a file. */
export interface Permission {
  /**
   * Octal digits in a decimal integer, at most 777: 644 means `rw-r--r--`. The daemon takes 0 for "unchanged"
   * (`execd.md` 6).
   */
  readonly mode?: number;
  /** Name of a user; numeric ids are unknown to the daemon. */
  readonly owner?: string;
  /** Name of a group; numeric ids are unknown to the daemon. */
  readonly group?: string;
}

/** The checks of a permission. */
export const permissionReads = { mode: readMode, owner: readText, group: readText };

function readMode(path: string, value: unknown): number {
  if (typeof value !== "number" || !/^[0-7]{1,3}$/.test(String(value)))
    throw new InvalidArgumentError(
      path,
      `must be one to three digits from 0 to 7, read as octal, for example 644, got ${String(value)}`,
    );
  return value;
}
