import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One process of the machine at one instant. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** Together with `pid` this names a process for ever, where a pid alone is used again. */
  readonly startTime: string;
  readonly isZombie: boolean;
}

/** Lists the processes of the machine: `/proc` on Linux, `ps` elsewhere. */
export function processTable(): ProcessEntry[] {
  return process.platform === "linux" ? procEntries() : psEntries();
}

/** Lists the processes that `/proc` shows; none where there is no `/proc`. */
export function procEntries(): ProcessEntry[] {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (procEntry(Number(name)) ?? []) : []));
  } catch {
    return [];
  }
}

/** The start time of a live process, or undefined when there is none with that pid. */
export function startTimeOf(pid: number): string | undefined {
  const entry = process.platform === "linux" ? procEntry(pid) : psEntries().find((candidate) => candidate.pid === pid);
  return entry === undefined || entry.isZombie ? undefined : entry.startTime;
}

/** Whether the initial environment of a process contains `assignment` (`NAME=value`); false where nobody can tell. */
export function hasEnvironmentMarker(pid: number, assignment: string): boolean {
  if (process.platform !== "linux") return false;
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(assignment);
  } catch {
    // Gone, or another user's.
    return false;
  }
}

/** One process that `/proc` shows. */
export function procEntry(pid: number): ProcessEntry | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command name is in brackets and may contain brackets and spaces itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return {
      pid,
      parentPid: Number(fields[1]),
      groupId: Number(fields[2]),
      sessionId: Number(fields[3]),
      startTime: fields[19] ?? "",
      isZombie: fields[0] === "Z" || fields[0] === "X",
    };
  } catch {
    // Ended between the listing and the read.
    return undefined;
  }
}

function psEntries(): ProcessEntry[] {
  const text = execFileSync("ps", ["-axo", "pid=,ppid=,pgid=,sess=,stat=,lstart="], {
    encoding: "utf8",
    maxBuffer: 16 << 20,
  });
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.*)$/.exec(line);
    if (match === null) return [];
    return [
      {
        pid: Number(match[1]),
        parentPid: Number(match[2]),
        groupId: Number(match[3]),
        sessionId: Number(match[4]) || 0,
        startTime: (match[6] ?? "").trim(),
        isZombie: (match[5] ?? "").startsWith("Z"),
      },
    ];
  });
}
