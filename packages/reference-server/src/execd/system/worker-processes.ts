import { hasEnvironmentMarker, type ProcessEntry, procEntries, procEntry } from "../../shared/process-table.js";

/**
 * The processes that belong to this worker.
 *
 * Every command is a session leader (`setsid`), so all that it starts shares its session id unless it calls `setsid`
 * itself; those are found while an ancestor lives, and after that by `marker`, an entry of their environment that only
 * this sandbox has. Where the worker is the first process of a PID namespace, or its child, everything visible belongs
 * to it.
 */
export class WorkerProcesses {
  readonly #sessions = new Map<number, string>();
  readonly #marker: string | undefined;

  constructor(marker?: string) {
    this.#marker = marker;
  }

  /** Remembers a process that was just started as a session leader; returns what {@link killSession} tells it by. */
  add(pid: number): string {
    const startTime = procEntry(pid)?.startTime ?? "";
    this.#sessions.set(pid, startTime);
    return startTime;
  }

  /**
   * Kills every process in the session of a leader, also of one that has ended; not of a later one with the same id.
   */
  killSession(leader: number, startTime: string): void {
    const stats = procEntries();
    const isTaken =
      (this.#sessions.get(leader) ?? startTime) !== startTime ||
      (stats.find(({ pid }) => pid === leader)?.startTime ?? startTime) !== startTime;
    if (isTaken) return;
    for (const { pid, sessionId } of stats) if (sessionId === leader) killQuietly(pid);
    if (stats.length === 0) killQuietly(-leader);
  }

  /** Ids of all live processes of this worker, the worker itself excluded. */
  members(ownsNamespace: boolean): readonly number[] {
    const stats = procEntries();
    if (stats.length === 0) return [...this.#sessions.keys()];
    const byPid = new Map(stats.map((stat) => [stat.pid, stat]));
    const live = new Set(stats.map((stat) => stat.sessionId));
    for (const session of this.#sessions.keys()) if (!live.has(session)) this.#sessions.delete(session);
    return stats
      .filter((stat) => stat.pid !== process.pid)
      .filter((stat) => ownsNamespace || this.#isOurs(stat, byPid))
      .map((stat) => stat.pid);
  }

  /**
   * Kills every process of this worker.
   *
   * All are stopped before the first is killed: a dying parent would hide a child that left its session, and a live one
   * could fork in between.
   */
  killAll(): void {
    const stopped = new Set<number>();
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const members = this.members(false).filter((pid) => !stopped.has(pid));
      if (members.length === 0) break;
      for (const pid of members) {
        killQuietly(pid, "SIGSTOP");
        stopped.add(pid);
      }
    }
    for (const pid of stopped) killQuietly(pid);
    for (const session of this.#sessions.keys()) killQuietly(-session);
  }

  /** Ours by its session, or by the session of an ancestor when it left that one. */
  #isOurs(stat: ProcessEntry, byPid: ReadonlyMap<number, ProcessEntry>): boolean {
    let ancestor: ProcessEntry | undefined = stat;
    for (let steps = 0; ancestor !== undefined && ancestor.pid !== process.pid && steps < MAX_ANCESTORS; steps += 1) {
      if (this.#isOurSession(ancestor.sessionId, byPid)) return true;
      ancestor = byPid.get(ancestor.parentPid);
    }
    return this.#marker !== undefined && hasEnvironmentMarker(stat.pid, this.#marker);
  }

  #isOurSession(session: number, byPid: ReadonlyMap<number, ProcessEntry>): boolean {
    const startTime = this.#sessions.get(session);
    if (startTime === undefined) return false;
    // A leader with another start time means that the id was given to somebody else.
    return (byPid.get(session)?.startTime ?? startTime) === startTime;
  }
}

/** Sends SIGKILL (or another signal) to a process or, negated, a group; one that is gone is not an error. */
export function killQuietly(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it ended by itself; EPERM: it changed its user and is not ours to end.
  }
}

/** Forks that keep ahead of being stopped for this long are left to the server's own watch. */
const MAX_ROUNDS = 50;

/** A loop in what is read of moving processes must not hang the walk. */
const MAX_ANCESTORS = 1000;

/** True while a process of the group runs; one that has ended but was not collected by its parent does not count. */
export function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  const members = procEntries().filter((stat) => stat.groupId === group);
  return members.length === 0 || members.some((stat) => !stat.isZombie);
}
