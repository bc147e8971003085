import { readFile } from "node:fs/promises";

/** What the user database says about a user. */
export interface DatabaseUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user with this id, if the database has one. */
export async function userById(uid: number): Promise<DatabaseUser | undefined> {
  return (await readUsers()).find((user) => user.uid === uid);
}

/** The user with this name; ids in digits are no names (`execd.md` 6). */
export async function userByName(name: string): Promise<DatabaseUser | undefined> {
  return (await readUsers()).find((user) => user.name === name);
}

/** The id of the group with this name. */
export async function groupIdByName(name: string): Promise<number | undefined> {
  return (await readGroups()).find((group) => group.name === name)?.gid;
}

/** Ids of the groups that list the user as a member. */
export async function supplementaryGroups(userName: string): Promise<readonly number[]> {
  return (await readGroups()).filter((group) => group.members.includes(userName)).map((group) => group.gid);
}

/** Names of all users and groups by id, for listings. */
export async function readNames(): Promise<{
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}> {
  const [users, groups] = await Promise.all([readUsers(), readGroups()]);
  // Built from the end, so that the first entry of an id wins, as in a database look-up.
  return {
    users: new Map(users.map((user) => [user.uid, user.name] as const).reverse()),
    groups: new Map(groups.map((group) => [group.gid, group.name] as const).reverse()),
  };
}

async function readUsers(): Promise<readonly DatabaseUser[]> {
  return (await readRows("/etc/passwd")).map(([name = "", , uid, gid]) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
  }));
}

async function readGroups(): Promise<
  readonly { readonly name: string; readonly gid: number; readonly members: readonly string[] }[]
> {
  return (await readRows("/etc/group")).map(([name = "", , gid, members = ""]) => ({
    name,
    gid: Number(gid),
    members: members.split(","),
  }));
}

/** Rows of a colon-separated database; a missing file is an empty database. */
async function readRows(path: string): Promise<readonly string[][]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"));
}
