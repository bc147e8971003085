import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startTimeOf } from "../../shared/process-table.js";
import { shellQuote } from "../shell-quote.js";
import type { SandboxLimits } from "./sandbox-limits.js";

/** Controllers that a sandbox's group uses. */
export type Controller = "pids" | "memory" | "cpu";

/** The control groups that this server may make. */
export interface ControlGroups {
  /** What is limited here; the rest is not, because the machine does not let us. */
  readonly controllers: ReadonlySet<Controller>;
  /** Makes the group of one sandbox and sets its limits. */
  make(id: string, limits: SandboxLimits): ControlGroup;
}

/** The group of one sandbox, in each hierarchy of the machine. */
export interface ControlGroup {
  /** Shell commands that put the shell, and all that it starts, into the group. */
  readonly joinCommands: readonly string[];
  /** Removes the group once nothing runs in it; one that stays busy is left for the next server. */
  remove(): Promise<void>;
}

interface Place {
  readonly controller: Controller;
  readonly version: 1 | 2;
  /** The group below which the groups of sandboxes are made. */
  readonly parent: string;
}

const PREFIX = "rxsandbox-";
const CPU_PERIOD_US = 100_000;
const REMOVE_TRIES = 40;
const REMOVE_INTERVAL_MS = 50;

/** The file by which a controller shows that it works in a group. */
const FILES: Readonly<Record<Controller, readonly [string, string]>> = {
  pids: ["pids.max", "pids.max"],
  memory: ["memory.limit_in_bytes", "memory.max"],
  cpu: ["cpu.cfs_quota_us", "cpu.max"],
};

/**
 * Finds out which limits this machine lets the server set, and removes groups of servers that were killed.
 *
 * Version 1 and 2 of control groups are used, side by side too. A group is made below the server's own, or where that
 * cannot be (version 2 allows no groups below one with processes) below the nearest one above. No setting of another
 * group is changed.
 */
export function findControlGroups(): ControlGroups {
  const name = `${PREFIX}${process.pid}-${startTimeOf(process.pid) ?? "0"}`;
  const places = process.platform === "linux" ? findPlaces(`${name}-probe`) : [];
  for (const parent of parentsOf(places)) sweep(parent);
  return {
    controllers: new Set(places.map(({ controller }) => controller)),
    make(id, limits) {
      const ownName = `${name}-${id}`;
      const directories = parentsOf(places).map((parent) => join(parent, ownName));
      try {
        for (const directory of directories) mkdirSync(directory);
        for (const place of places) setLimits(place, join(place.parent, ownName), limits);
      } catch (error) {
        for (const directory of directories) removeNow(directory);
        throw error;
      }
      return {
        joinCommands: directories.map(joinCommand),
        async remove() {
          for (const directory of directories) {
            for (let tries = 0; tries < REMOVE_TRIES && !removeNow(directory); tries++)
              await setTimeout(REMOVE_INTERVAL_MS);
          }
        },
      };
    },
  };
}

function setLimits({ controller, version }: Place, directory: string, limits: SandboxLimits): void {
  const set = (file: string, value: number | string): void => writeFileSync(join(directory, file), String(value));
  const setIfThere = (file: string, value: number | string): void => {
    if (existsSync(join(directory, file))) set(file, value);
  };
  if (controller === "pids") set("pids.max", limits.processes);
  if (controller === "memory" && limits.memoryBytes !== undefined) {
    set(version === 1 ? "memory.limit_in_bytes" : "memory.max", limits.memoryBytes);
    if (version === 1) setIfThere("memory.memsw.limit_in_bytes", limits.memoryBytes);
    else setIfThere("memory.swap.max", 0);
  }
  if (controller === "cpu") {
    // All of a sandbox weighs half as much as one other group or process beside it, so that the server gets its turn.
    setIfThere(version === 1 ? "cpu.shares" : "cpu.weight", version === 1 ? 512 : 50);
    if (limits.cpus === undefined) return;
    const quota = Math.ceil(limits.cpus * CPU_PERIOD_US);
    if (version === 1) {
      set("cpu.cfs_period_us", CPU_PERIOD_US);
      set("cpu.cfs_quota_us", quota);
    } else set("cpu.max", `${quota} ${CPU_PERIOD_US}`);
  }
}

/** The places where a group can be made, entered and limited, tried out with an empty group. */
function findPlaces(probeName: string): readonly Place[] {
  const memberships = readMemberships();
  const mounts = readMounts();
  return (["pids", "memory", "cpu"] as const).flatMap((controller) => {
    for (const version of [1, 2] as const) {
      const mount = mounts.find(
        (candidate) => candidate.version === version && (version === 2 || candidate.controllers.includes(controller)),
      );
      const path = memberships.get(version === 1 ? controller : "");
      if (mount === undefined || path === undefined) continue;
      const parent = candidates(mount, path, version).find((directory) =>
        works(join(directory, probeName), FILES[controller][version - 1] ?? ""),
      );
      if (parent !== undefined) return [{ controller, version, parent }];
    }
    return [];
  });
}

function works(probe: string, file: string): boolean {
  try {
    mkdirSync(probe);
    if (!existsSync(join(probe, file))) return false;
    execFileSync("/bin/sh", ["-c", joinCommand(probe)], { stdio: "ignore", timeout: 5000 });
    return true;
  } catch {
    return false;
  } finally {
    removeNow(probe);
  }
}

/** The server's own group, then for version 2 those above it. */
function candidates(mount: Mount, path: string, version: 1 | 2): readonly string[] {
  const below = relative(mount.root, path);
  const parts = below === "" || below.startsWith("..") ? [] : below.split("/");
  const own = join(mount.point, ...parts);
  return version === 1
    ? [own]
    : [own, ...parts.map((_, index) => join(mount.point, ...parts.slice(0, parts.length - 1 - index)))];
}

interface Mount {
  readonly version: 1 | 2;
  readonly root: string;
  readonly point: string;
  readonly controllers: readonly string[];
}

function readMounts(): readonly Mount[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line): Mount[] => {
      const [front = "", back = ""] = line.split(" - ");
      const [, , , root = "", point = ""] = front.split(" ");
      const [type, , options = ""] = back.split(" ");
      if (type === "cgroup2") return [{ version: 2, root, point, controllers: [] }];
      return type === "cgroup" ? [{ version: 1, root, point, controllers: options.split(",") }] : [];
    });
}

/** The server's group by controller; that of version 2 under the empty name. */
function readMemberships(): ReadonlyMap<string, string> {
  const memberships = new Map<string, string>();
  for (const line of readFileSync("/proc/self/cgroup", "utf8").split("\n")) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    for (const controller of match?.[1]?.split(",") ?? []) memberships.set(controller, match?.[2] ?? "/");
  }
  return memberships;
}

/** Removes empty groups of servers that do not live any more; what they limited was killed with them. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const match = /^rxsandbox-(\d+)-(\d+)-/.exec(name);
    if (match !== null && startTimeOf(Number(match[1])) !== match[2]) removeNow(join(parent, name));
  }
}

/** Whether the group is gone; one in which something runs cannot be removed. */
function removeNow(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** `0` stands for the process that writes: a shell, whose number may be another one in its own namespace. */
function joinCommand(directory: string): string {
  return `echo 0 > ${shellQuote(join(directory, "cgroup.procs"))}`;
}

function parentsOf(places: readonly Place[]): readonly string[] {
  return [...new Set(places.map(({ parent }) => parent))];
}
