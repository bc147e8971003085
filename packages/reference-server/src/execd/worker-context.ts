import type { ExecdConfig } from "../shared/execd-config.js";
import { signalForeground } from "./commands/broken-pipe.js";
import { CommandRegistry } from "./commands/command-registry.js";
import { confineTo, type Confinement } from "./system/confinement.js";
import type { EventStreamOptions } from "./answers/event-stream.js";
import { type ExecdFault, parseFaults } from "./faults.js";
import { WorkerProcesses } from "./system/worker-processes.js";
import { findShell } from "./commands/shell.js";

/** What the handlers of one worker share. */
export interface WorkerContext {
  readonly config: ExecdConfig;
  readonly faults: ReadonlySet<ExecdFault>;
  readonly confinement: Confinement;
  readonly processes: WorkerProcesses;
  readonly commands: CommandRegistry;
  readonly streamOptions: EventStreamOptions;
  /** What a write to a closed connection does besides failing; absent without the fault `sigpipe-neighbours`. */
  readonly onBrokenWrite?: (() => void) | undefined;
  /** Directory of captured output and session scripts (`execd.md` 8). */
  readonly temporaryDirectory: string;
  /** Path of the shell commands run in. */
  readonly shell: string;
  /** True where every visible process belongs to the sandbox. */
  readonly ownsNamespace: boolean;
}

/** Builds the shared state of a worker; throws on an unknown fault. */
export function createWorkerContext(config: ExecdConfig): WorkerContext {
  const faults = parseFaults(config.faults);
  const temporaryDirectory = config.env["TMPDIR"] ?? "/tmp";
  // A directory of this sandbox alone is in the environment of its processes only.
  const commands = new CommandRegistry();
  const onBrokenWrite = faults.has("sigpipe-neighbours") ? (): void => signalForeground(commands) : undefined;
  const isOwn = (config.roots ?? []).some((root) => temporaryDirectory.startsWith(`${root}/`));
  return {
    config,
    faults,
    confinement: confineTo(config.roots),
    processes: new WorkerProcesses(isOwn ? `TMPDIR=${temporaryDirectory}` : undefined),
    commands,
    onBrokenWrite,
    streamOptions: {
      framing: config.framing,
      pingMs: config.pingMs,
      ...(config.resultTextKey !== undefined && { resultTextKey: config.resultTextKey }),
      splitFrames: faults.has("split-frames"),
      stalls: faults.has("stalled-stream"),
      onBrokenWrite,
    },
    temporaryDirectory,
    shell: findShell(config.env),
    ownsNamespace: config.roots === null && (process.pid === 1 || process.ppid === 1),
  };
}
