import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { basename, join } from "node:path";

import { errnoCode, errnoText } from "../system/go-errno.js";
import type { WorkerProcesses } from "../system/worker-processes.js";
import { supplementaryGroups, userById } from "../system/user-database.js";

/** Which user a command runs as. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups beside `gid`. */
  readonly groups: readonly number[];
}

/** How a shell process is started. */
export interface ShellStart {
  /** What the program is called by; the base name of its path when absent. */
  readonly argv0?: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdio: StdioOptions;
  readonly credentials?: Credentials;
}

/** How a process ended, in the daemon's words: `exit status 3`, `signal: killed`. */
export interface ProcessEnd {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  /** Absent after exit code 0. */
  readonly error?: string;
}

/** A process under way. */
export interface ShellProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<ProcessEnd>;
}

/** A process that could not be started; the message is the daemon's. */
export class SpawnFailure extends Error {
  override readonly name: string = "SpawnFailure";
}

/** The shell of commands: `bash`, or `sh` where there is none (`execd.md` 3.1). */
export function findShell(env: Readonly<Record<string, string>>): string {
  return findPrograms("bash", env)[0] ?? findPrograms("sh", env)[0] ?? "/bin/sh";
}

/**
 * Starts a process in its own session and process group.
 *
 * Throws {@link SpawnFailure} when the kernel refuses, also for a user that may not be taken on (`execd.md` 2.4).
 */
export async function startShell(shell: string, start: ShellStart, processes: WorkerProcesses): Promise<ShellProcess> {
  const failure = (error: unknown): SpawnFailure => new SpawnFailure(`fork/exec ${shell}: ${errnoText(error)}`);
  let child: ChildProcess;
  try {
    child = spawnAs(shell, start);
  } catch (error) {
    throw errnoCode(error) === "ERR_INVALID_ARG_VALUE" ? failure({ code: "EINVAL" }) : failure(error);
  }
  if (child.pid === undefined) {
    throw failure(await new Promise((resolve) => child.once("error", resolve)));
  }
  processes.add(child.pid);
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (exitCode, signal) => resolve(describeEnd(exitCode, signal)));
  });
  return { pid: child.pid, child, ended };
}

/**
 * Completes what a request says about the user: without a gid the user's primary one and its groups come from the user
 * database, and group 0 for a user it does not know (`execd.md` 3.1).
 */
export async function loadCredentials(
  uid: number | undefined,
  gid: number | undefined,
): Promise<Credentials | undefined> {
  if (uid === undefined) return undefined;
  if (gid !== undefined) return { uid, gid, groups: [] };
  const user = await userById(uid);
  if (user === undefined) return { uid, gid: 0, groups: [] };
  const groups = (await supplementaryGroups(user.name)).filter((group) => group !== user.gid);
  return { uid, gid: user.gid, groups };
}

const SETPRIV = "/usr/bin/setpriv";

function spawnAs(shell: string, start: ShellStart): ChildProcess {
  // Messages of the shell begin with the name it was called by.
  const options = {
    argv0: start.argv0 ?? basename(shell),
    cwd: start.cwd,
    env: start.env,
    stdio: start.stdio,
    detached: true,
  };
  const credentials = start.credentials;
  if (credentials === undefined) return spawn(shell, start.argv, options);
  if (credentials.groups.length > 0 && isExecutable(SETPRIV)) {
    const { uid, gid, groups } = credentials;
    const privileges = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${[gid, ...groups].join(",")}`];
    return spawn(SETPRIV, [...privileges, basename(shell), ...start.argv], { ...options, argv0: SETPRIV });
  }
  // The platform takes signed 32-bit ids and hands them to the kernel unchanged.
  return spawn(shell, start.argv, { ...options, uid: credentials.uid | 0, gid: credentials.gid | 0 });
}

/** The programs of that name on the search path, in its order. */
export function findPrograms(name: string, env: Readonly<Record<string, string>>): readonly string[] {
  const directories = (env["PATH"] ?? "/usr/bin:/bin").split(":");
  return directories.map((directory) => join(directory === "" ? "." : directory, name)).filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function describeEnd(exitCode: number | null, signal: NodeJS.Signals | null): ProcessEnd {
  if (signal !== null) return { exitCode: -1, error: `signal: ${SIGNAL_TEXTS[signal] ?? signal}` };
  const code = exitCode ?? 0;
  return code === 0 ? { exitCode: 0 } : { exitCode: code, error: `exit status ${code}` };
}

const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGILL: "illegal instruction",
  SIGTRAP: "trace/breakpoint trap",
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGKILL: "killed",
  SIGUSR1: "user defined signal 1",
  SIGSEGV: "segmentation fault",
  SIGUSR2: "user defined signal 2",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
  SIGSTKFLT: "stack fault",
  SIGXCPU: "CPU time limit exceeded",
  SIGXFSZ: "file size limit exceeded",
  SIGVTALRM: "virtual timer expired",
  SIGPROF: "profiling timer expired",
  SIGIO: "I/O possible",
  SIGPWR: "power failure",
  SIGSYS: "bad system call",
};
