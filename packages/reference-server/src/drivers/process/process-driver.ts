import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { boundedTail } from "../bounded-tail.js";
import { type ControlGroups, findControlGroups } from "../limits/control-groups.js";
import { describeLimits, limitCommands } from "../limits/limit-commands.js";
import { execdWorkerPath } from "../execd-worker-path.js";
import type { SandboxDriver, SandboxHandle, SandboxSpec } from "../sandbox-driver.js";
import { sandboxEnvironment } from "../sandbox-environment.js";
import { startWatchdog, type Watchdog } from "./watchdog.js";
import { workerEnd } from "../worker-end.js";
import { workerHandshake } from "../worker-handshake.js";

/** Environment variable by which processes of a sandbox are found, together with the id of the server's run. */
export const SANDBOX_MARKER = "RXSANDBOX_SANDBOX";

const KILLED_EXIT_CODE = 137;

/** How long after the main process was killed the end of the worker may be the reason. */
const WORKER_END_MS = 200;

/** Makes each sandbox a family of ordinary processes of the user, which a watchdog ends when the server dies. */
export function processDriver(options: { readonly runId: string }): SandboxDriver {
  let watchdog: Watchdog | undefined;
  const groups = findControlGroups();
  const limits = describeLimits(groups.controllers, false);
  return {
    name: "process",
    network: "shared",
    isolates: [
      "Files API: refused outside the sandbox's directory, its temporary directory and its volumes.",
      "Environment: commands see the allow-listed variables only.",
      "Lifetime: a watchdog kills a sandbox's process groups, sessions, descendants and marked processes when it is deleted or the server dies.",
      ...limits.isolates,
    ],
    doesNotIsolate: [
      "Files: commands read and write whatever the user may.",
      "Processes and network: commands see and signal the user's other processes and use the machine's network.",
      "Volumes are not mounted at their mount path; commands find them below $HOME/volumes/<name>.",
      "Lifetime: a process that clears its environment and leaves its parent, group and session within 200 ms can escape the watchdog.",
      ...limits.doesNotIsolate,
      ...(process.getuid?.() === 0 ? ["Limits: a process that runs as root can leave its control group."] : []),
    ],
    contents: ["home", "tmp", "workspace"],
    // The links to volumes, which are no files of the sandbox.
    skipped: ["volumes"],
    start(spec) {
      watchdog ??= startWatchdog();
      return startProcesses(spec, `${SANDBOX_MARKER}=${options.runId}.${spec.id}`, watchdog, groups);
    },
    async close() {
      await watchdog?.close();
    },
  };
}

async function startProcesses(
  spec: SandboxSpec,
  marker: string,
  watchdog: Watchdog,
  groups: ControlGroups,
): Promise<SandboxHandle> {
  const directories = makeDirectories(spec);
  const base = { ...sandboxEnvironment(process.env, directories), ...markerVariable(marker) };
  const environment = { ...base, ...spec.env, ...markerVariable(marker) };
  await watchdog.track(spec.id, marker);
  const socketPath = join(spec.socketDirectory, "e.sock");
  const group = groups.make(spec.id, spec.limits);
  const limited = limitedProgram(limitCommands(group));
  const kill = async (): Promise<void> => {
    await watchdog.kill(spec.id);
    await group.remove();
  };
  const worker = spawn(...limited(process.execPath, execdWorkerPath()), {
    cwd: directories.workspace,
    env: base,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const failed = workerEnd(worker);
  const errors = boundedTail(worker.stderr);
  try {
    if (worker.pid !== undefined) await watchdog.addRoot(spec.id, worker.pid);
    await workerHandshake(worker.stdin, worker.stdout, {
      ...spec.worker,
      listen: { socketPath },
      home: directories.home,
      workingDirectory: directories.workspace,
      env: environment,
      roots: [spec.directory, ...spec.volumes.map((volume) => volume.hostPath)],
    });
    const main = startMain(limited, spec.entrypoint, directories.workspace, environment);
    if (main.child.pid !== undefined) await watchdog.addRoot(spec.id, main.child.pid);
    return {
      socketPath,
      exited: main.exited.then(async (exitCode) => {
        // A worker that ends in order kills the main process first: its own end is the reason then.
        if (exitCode === KILLED_EXIT_CODE) await Promise.race([failed, setTimeout(WORKER_END_MS)]);
        return exitCode;
      }),
      failed,
      pause: () => watchdog.pause(spec.id),
      resume: () => watchdog.resume(spec.id),
      kill: once(kill),
    };
  } catch (cause) {
    await kill();
    throw new Error(`sandbox did not start: ${errors() || (cause as Error).message}`, { cause });
  }
}

function makeDirectories(spec: SandboxSpec): {
  readonly home: string;
  readonly tmp: string;
  readonly workspace: string;
} {
  const directories = {
    home: join(spec.directory, "home"),
    tmp: join(spec.directory, "tmp"),
    workspace: join(spec.directory, "workspace"),
  };
  const volumes = join(directories.home, "volumes");
  for (const path of [...Object.values(directories), spec.socketDirectory])
    mkdirSync(path, { recursive: true, mode: 0o700 });
  if (spec.volumes.length > 0) mkdirSync(volumes);
  for (const volume of spec.volumes) symlinkSync(volume.hostPath, join(volumes, volume.name));
  return directories;
}

function markerVariable(marker: string): Record<string, string> {
  return { [SANDBOX_MARKER]: marker.slice(SANDBOX_MARKER.length + 1) };
}

interface MainProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number>;
}

type LimitedProgram = (...words: readonly string[]) => [program: string, args: string[]];

/** A shell limits itself and becomes the program, so that the program never runs without limits. */
function limitedProgram(commands: readonly string[]): LimitedProgram {
  return (...words) => ["/bin/sh", ["-c", `set -e\n${commands.join("\n")}\nexec "$@"`, "sh", ...words]];
}

function startMain(
  limited: LimitedProgram,
  entrypoint: readonly string[],
  cwd: string,
  env: Record<string, string>,
): MainProcess {
  const [program = "", ...args] = entrypoint;
  // `env` finds the program by the sandbox's PATH and reports a missing one as 127, as a shell would.
  const child = spawn(...limited("env", "--", program, ...args), { cwd, env, stdio: "ignore", detached: true });
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (code) => resolve(code ?? KILLED_EXIT_CODE));
    child.once("error", () => resolve(127));
  });
  return { child, exited };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= action());
}
