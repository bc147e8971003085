import type { WirePermission } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";

/** Who may use a file. */
export interface Permission {
  /** Octal digits in a decimal integer: 644 means `rw-r--r--`. */
  readonly mode?: number;
  /** Name of a user. */
  readonly owner?: string;
  /** Name of a group. */
  readonly group?: string;
}

/** Copies a permission, or throws with the path of what is wrong. */
export function readPermission(path: string, { mode, owner, group }: Permission): WirePermission {
  if (mode !== undefined && !/^[0-7]{1,4}$/.test(String(mode))) throw new InvalidArgumentError(`${path}.mode`, "must be up to four octal digits, for example 644");
  return {
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner: readName(`${path}.owner`, owner) }),
    ...(group !== undefined && { group: readName(`${path}.group`, group) }),
  };
}

function readName(path: string, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") throw new InvalidArgumentError(path, "must be a string that is not blank");
  return value;
}
