import type { WirePermission } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";

/** Who may use a file. */
export interface Permission {
  /** Octal digits in a decimal integer, at most 777: 644 means `rw-r--r--`. The daemon takes 0 for "unchanged" (`execd.md` 6). */
  readonly mode?: number;
  /** Name of a user; numeric ids are unknown to the daemon. */
  readonly owner?: string;
  /** Name of a group; numeric ids are unknown to the daemon. */
  readonly group?: string;
}

/** Copies a permission, or throws with the path of what is wrong. */
export function readPermission(path: string, { mode, owner, group }: Permission): WirePermission {
  if (mode !== undefined && (typeof mode !== "number" || !/^[0-7]{1,3}$/.test(String(mode)))) {
    throw new InvalidArgumentError(
      `${path}.mode`,
      `must be one to three digits from 0 to 7, read as octal, for example 644, got ${String(mode)}`,
    );
  }
  return {
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner: readName(`${path}.owner`, owner) }),
    ...(group !== undefined && { group: readName(`${path}.group`, group) }),
  };
}

function readName(path: string, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "")
    throw new InvalidArgumentError(path, "must be a string that is not blank");
  return value;
}
