import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { PROXY_PORT, PROXY_SOCKET } from "../../shared/ports.js";
import { boundedTail } from "../bounded-tail.js";
import { entrypointEnvironment } from "../entrypoint-environment.js";
import { execdWorkerPath, workerCodeDirectories } from "../execd-worker-path.js";
import { type ControlGroups, findControlGroups } from "../limits/control-groups.js";
import { describeLimits, limitCommands } from "../limits/limit-commands.js";
import { type LineChannel, lineChannel } from "../line-channel.js";
import { LOOPBACK_UP, NAMESPACE_PATHS, namespaceScript } from "./namespace-script.js";
import type { SandboxDriver, SandboxHandle, SandboxSpec } from "../sandbox-driver.js";
import { sandboxEnvironment } from "../sandbox-environment.js";
import { visibleHostPaths } from "./visible-host-paths.js";
import { listenerEnd } from "../worker-end.js";
import { workerHandshake } from "../worker-handshake.js";

const CONTROL_TIMEOUT_MS = 10_000;
const KILL_TIMEOUT_MS = 2_000;

/**
 * Makes each sandbox a private set of Linux namespaces whose init ends with the server: the kernel then ends every
 * process in it, also those that called `setsid` and those that are stopped.
 */
export function namespaceDriver(options: {
  readonly stateDirectory: string;
  readonly network: "own" | "shared";
}): SandboxDriver {
  const { network } = options;
  const groups = findControlGroups();
  const limits = describeLimits(groups.controllers, hasOwnUsers());
  return {
    name: "namespace",
    network,
    isolates: [
      "Processes: a sandbox sees and signals only its own.",
      "Files: a sandbox sees its own /tmp, /workspace and home, its volumes, and system directories read-only; not the user's home, not the server's state.",
      "Lifetime: the kernel ends every process of a sandbox when it is deleted or the server dies.",
      "Mounts, host name and System V IPC are private; mounting is not possible inside.",
      "Kernel settings: /proc/sys and the like are read-only, /sys is empty, and no program gains privileges (no_new_privs).",
      ...limits.isolates,
      ...(network === "own"
        ? ["Network: a sandbox has its own; only the server's egress proxy leads out of it, and not to this machine."]
        : []),
    ],
    doesNotIsolate: [
      ...(network === "shared"
        ? ["Network: a sandbox uses the machine's network, loopback services of the user included."]
        : []),
      ...limits.doesNotIsolate,
      "Kernel: it is shared, and a server that runs as root gives its sandboxes root's file access to what they see.",
    ],
    contents: ["home", "tmp", "workspace"],
    skipped: [],
    start: (spec) => startNamespace(spec, { ...options, groups }),
    close: () => Promise.resolve(),
  };
}

/**
 * Finds out whether this machine lets us make the namespaces and mounts that a sandbox with such a network needs; the
 * reason if not.
 */
export async function namespaceObstacle(network: "own" | "shared"): Promise<string | undefined> {
  if (process.platform !== "linux") return "it needs Linux";
  const probe = `${network === "own" ? `${LOOPBACK_UP} && ` : ""}mount -t tmpfs p /mnt && mkdir /mnt/p /mnt/o && mount -t proc proc /mnt/p && pivot_root /mnt /mnt/o`;
  try {
    const program = unshareArguments(network);
    await promisify(execFile)("setpriv", ["--version"], { timeout: CONTROL_TIMEOUT_MS });
    await promisify(execFile)(
      "unshare",
      [...program, shellPath(), "-c", `PATH=/usr/sbin:/usr/bin:/sbin:/bin; ${probe} || exit 1`],
      {
        timeout: CONTROL_TIMEOUT_MS,
      },
    );
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.split("\n").slice(-3).join(" ").slice(0, 300).trim();
  }
}

async function startNamespace(
  spec: SandboxSpec,
  {
    stateDirectory,
    network,
    groups,
  }: { readonly stateDirectory: string; readonly network: "own" | "shared"; readonly groups: ControlGroups },
): Promise<SandboxHandle> {
  const directories = makeDirectories(spec);
  const base = sandboxEnvironment(process.env, NAMESPACE_PATHS);
  const environment = { ...base, ...spec.env };
  writeFileSync(join(directories.run, "environment"), entrypointEnvironment(environment), { mode: 0o600 });
  const nodePath = realpathSync(process.execPath);
  const hidden = [homedir(), stateDirectory];
  const group = groups.make(spec.id, spec.limits);
  const script = namespaceScript({
    root: directories.root,
    directories,
    hasOwnNetwork: network === "own",
    // In a user namespace of its own a sandbox has its own count of processes; there root has no way around it.
    limitCommands: [
      ...limitCommands(group),
      ...(hasOwnUsers() ? [`prlimit --pid $$ --nproc=${spec.limits.processes}`] : []),
    ],
    visible: visibleHostPaths({
      searchPath: base["PATH"] ?? "",
      nodePath,
      codePaths: workerCodeDirectories(),
      hidden,
    }),
    hidden,
    hostMountPoints: mountPoints(),
    volumes: spec.volumes,
    workerEnvironment: base,
    nodePath,
    workerPath: execdWorkerPath(),
    entrypoint: spec.entrypoint,
  });
  const child = spawn("unshare", [...unshareArguments(network), shellPath(), "-c", READ_PROGRAM], {
    cwd: "/",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdio: ["pipe", "pipe", "pipe", "pipe", "pipe", "pipe"],
    detached: true,
  });
  const program = child.stdio.at(5) as Writable;
  // EPIPE after the child's death: its end is what counts.
  program.on("error", () => {});
  program.end(script);
  const errors = boundedTail(child.stderr as Readable);
  const control = lineChannel(child.stdout as Readable, child.stdin as Writable);
  const ended = endOf(child);
  const kill = async (): Promise<void> => {
    await killNamespace(child, ended);
    await group.remove();
  };
  const exited = new Promise<number>((resolve) => {
    control.listen((line) => {
      const match = /^exited (\d+)$/.exec(line);
      if (match !== null) resolve(Number(match[1]));
    });
    void ended.then(() => resolve(137));
  });
  try {
    await workerHandshake(child.stdio[3] as Writable, child.stdio[4] as Readable, {
      ...spec.worker,
      listen: { socketPath: `${NAMESPACE_PATHS.run}/e.sock` },
      home: NAMESPACE_PATHS.home,
      workingDirectory: NAMESPACE_PATHS.workspace,
      env: environment,
      roots: null,
      ...(network === "own" && {
        network: { proxyPort: PROXY_PORT, proxySocketPath: `${NAMESPACE_PATHS.run}/${PROXY_SOCKET}` },
      }),
    });
    await ask(control, "seal", "sealed");
    await ask(control, "start", "started");
  } catch (cause) {
    await kill();
    throw new Error(`sandbox did not start: ${errors() || (cause as Error).message}`, { cause });
  }
  const socketPath = join(directories.run, "e.sock");
  return {
    socketPath,
    exited,
    failed: listenerEnd(socketPath),
    pause: () => ask(control, "pause", "paused"),
    resume: () => ask(control, "resume", "resumed"),
    kill,
  };
}

function unshareArguments(network: "own" | "shared"): string[] {
  const user = hasOwnUsers() ? ["--user", "--map-root-user"] : [];
  return [
    ...user,
    "--mount",
    "--pid",
    "--ipc",
    "--uts",
    ...(network === "own" ? ["--net"] : []),
    "--fork",
    "--kill-child",
  ];
}

/** Root needs no user namespace to make the others. */
function hasOwnUsers(): boolean {
  return process.getuid?.() !== 0;
}

/**
 * The init reads its program from descriptor 5: the sandbox sees init's arguments, and the program holds paths of the
 * host.
 */
const READ_PROGRAM = 'eval "$(cat <&5)"';

/** bash reaps orphans at once; another shell leaves them as zombies until the sandbox ends. */
function shellPath(): string {
  return existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh";
}

function makeDirectories(spec: SandboxSpec): Record<"root" | "home" | "tmp" | "workspace" | "run", string> {
  const directories = {
    root: join(spec.directory, "root"),
    home: join(spec.directory, "home"),
    tmp: join(spec.directory, "tmp"),
    workspace: join(spec.directory, "workspace"),
    run: spec.socketDirectory,
  };
  for (const path of Object.values(directories)) mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const path of [directories.home, directories.workspace]) chmodSync(path, 0o755);
  chmodSync(directories.tmp, 0o1777);
  return directories;
}

function mountPoints(): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path !== "")
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
}

async function ask(control: LineChannel, request: string, answer: string): Promise<void> {
  const answered = control.expect((line) => line === answer, CONTROL_TIMEOUT_MS);
  control.send(request);
  await answered;
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
}

/** The end of init's input ends it, and `unshare` returns when the kernel has ended the rest. */
async function killNamespace(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.destroy();
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
