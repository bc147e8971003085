import { hasEnvironmentMarker, type ProcessEntry, processTable } from "../../shared/process-table.js";

/** How many looks at the process table an end or a pause may need before it gives up. */
const MAX_ROUNDS = 50;

/**
 * The processes of one sandbox of the process driver.
 *
 * A process belongs to it when it carries the environment marker, or when it is a descendant, a member of the process
 * group or of the session of a process that belongs. What belonged once stays known by pid and start time, so that a
 * process which leaves its parent, its group and its session is still found, if it lived for one look.
 */
export interface ProcessFamily {
  /** Looks at the process table and remembers who belongs; returns the live members. */
  refresh(): ProcessEntry[];
  /** Sends a signal to every member until a look finds nobody new. */
  signalAll(signal: "SIGSTOP" | "SIGCONT"): void;
  /** Kills every member until a look finds none, or until it gives up. Returns whether none is left. */
  killAll(): Promise<boolean>;
}

/** Follows the processes with the environment marker `assignment` and everything that comes from them. */
export function processFamily(assignment: string, roots: readonly number[] = []): ProcessFamily {
  const known = new Set<string>();
  const refresh = (): ProcessEntry[] => {
    const table = processTable().filter((entry) => entry.pid !== process.pid);
    const members = new Map<number, ProcessEntry>();
    for (const entry of table) {
      if (known.has(keyOf(entry)) || roots.includes(entry.pid) || hasEnvironmentMarker(entry.pid, assignment)) {
        members.set(entry.pid, entry);
      }
    }
    for (let size = -1; size !== members.size;) {
      size = members.size;
      for (const entry of table)
        if (!members.has(entry.pid) && isRelated(entry, members)) members.set(entry.pid, entry);
    }
    for (const entry of members.values()) known.add(keyOf(entry));
    return [...members.values()].filter((entry) => !entry.isZombie);
  };
  return {
    refresh,
    signalAll(signal) {
      const reached = new Set<string>();
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const fresh = refresh().filter((entry) => !reached.has(keyOf(entry)));
        if (fresh.length === 0) return;
        for (const entry of fresh) {
          reached.add(keyOf(entry));
          send(entry.pid, signal);
        }
      }
    },
    async killAll() {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const members = refresh();
        if (members.length === 0) return true;
        // Stopped processes cannot start others while the rest is being killed.
        for (const entry of members) send(entry.pid, "SIGSTOP");
        for (const entry of refresh()) send(entry.pid, "SIGKILL");
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return refresh().length === 0;
    },
  };
}

function keyOf(entry: ProcessEntry): string {
  return `${entry.pid} ${entry.startTime}`;
}

/** Groups and sessions count only by their leader: a member's group may be the server's own. */
function isRelated(entry: ProcessEntry, members: ReadonlyMap<number, ProcessEntry>): boolean {
  return members.has(entry.parentPid) || members.has(entry.groupId) || members.has(entry.sessionId);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
