import { type BigIntStats, type Stats } from "node:fs";
import { lstat } from "node:fs/promises";

import type { WireFileInfo } from "@rxsandbox/protocol";

import { formatTime } from "../system/go-time.js";
import { readNames } from "../system/user-database.js";

/** Describes files; the user database is read once per instance. */
export class FileDescriber {
  #names: ReturnType<typeof readNames> | undefined;

  /** Describes the file itself, never a link's target; rejects when it cannot be read. */
  async describe(path: string): Promise<WireFileInfo> {
    const stats = await lstat(path, { bigint: true });
    const { users, groups } = await (this.#names ??= readNames());
    return {
      path,
      type: fileType(stats),
      size: Number(stats.size),
      modified_at: formatTime(stats.mtimeNs),
      // The change time, like a real daemon (`divergences.md` X34).
      created_at: formatTime(stats.ctimeNs),
      owner: users.get(Number(stats.uid)) ?? String(stats.uid),
      group: groups.get(Number(stats.gid)) ?? String(stats.gid),
      mode: Number((Number(stats.mode) & 0o777).toString(8)),
    };
  }
}

function fileType(stats: BigIntStats | Stats): string {
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isDirectory()) return "directory";
  return stats.isFile() ? "file" : "other";
}
