import { chmod, chown } from "node:fs/promises";

import type { WirePermission } from "@rxsandbox/protocol";

import { errnoText } from "../system/go-errno.js";
import { type GoType, goInt, goString } from "../../shared/go-json/decode-json.js";
import { groupIdByName, userByName } from "../system/user-database.js";

/** The members of a permission on the wire. */
export const PERMISSION_FIELDS: Readonly<Record<string, GoType>> = { mode: goInt, owner: goString, group: goString };

/**
 * Changes mode, owner and group of a file; absent, zero and empty members are left alone (`execd.md` 6).
 *
 * Owners and groups are names. Rejects with the daemon's text.
 */
export async function applyPermission(path: string, permission: WirePermission): Promise<void> {
  if ((permission.mode ?? 0) !== 0) await change(`chmod ${path}`, chmod(path, parseMode(permission.mode ?? 0)));
  const hasOwner = (permission.owner ?? "") !== "";
  const hasGroup = (permission.group ?? "") !== "";
  if (!hasOwner && !hasGroup) return;
  const uid = hasOwner ? await ownerId(permission.owner ?? "") : UNCHANGED;
  const gid = hasGroup ? await groupId(permission.group ?? "") : UNCHANGED;
  await change(`chown ${path}`, chown(path, uid, gid));
}

const UNCHANGED = -1;

function parseMode(digits: number): number {
  if (!/^[0-7]+$/.test(String(digits))) throw new Error(`strconv.ParseUint: parsing "${digits}": invalid syntax`);
  // Setuid, setgid and sticky cannot be set.
  return Number.parseInt(String(digits), 8) & 0o777;
}

async function ownerId(name: string): Promise<number> {
  const user = await userByName(name);
  if (user === undefined) throw new Error(`failed to lookup user ${name}: user: unknown user ${name}`);
  return user.uid;
}

async function groupId(name: string): Promise<number> {
  const gid = await groupIdByName(name);
  if (gid === undefined) throw new Error(`failed to lookup group ${name}: group: unknown group ${name}`);
  return gid;
}

async function change(what: string, done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    throw new Error(`${what}: ${errnoText(error)}`, { cause: error });
  }
}
