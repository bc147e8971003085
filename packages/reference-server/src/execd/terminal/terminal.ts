import { randomUUID } from "node:crypto";

import type { WorkerContext } from "../worker-context.js";
import { ReplayBuffer, type Replay } from "./replay-buffer.js";
import type { ShellListener, StartShell, TerminalShell, TerminalStream } from "./terminal-shell.js";

/** Who is attached to a terminal. */
export interface TerminalClient extends Pick<ShellListener, "inputFailed" | "drained"> {
  output(stream: TerminalStream, bytes: Buffer): void;
  exited(exitCode: number): void;
  /** Somebody else has taken the terminal over. */
  takenOver(): void;
}

/** A terminal session: its output by offset, the shell while one runs, at most one client (`execd.md` 9). */
export class Terminal {
  readonly id = randomUUID();
  readonly #cwd: string;
  readonly #command: string | undefined;
  readonly #context: WorkerContext;
  readonly #output = new ReplayBuffer();
  /** The sessions of its shells, ended ones too: their background jobs may live on. */
  readonly #sessions = new Map<number, string>();
  #client: TerminalClient | undefined;
  #starting: Promise<TerminalShell> | undefined;
  #isDeleted = false;
  shell: TerminalShell | undefined;

  constructor(context: WorkerContext, options: { readonly cwd: string; readonly command: string | undefined }) {
    this.#context = context;
    this.#cwd = options.cwd;
    this.#command = options.command;
  }

  get isAttached(): boolean {
    return this.#client !== undefined;
  }

  get outputOffset(): number {
    return this.#output.endOffset;
  }

  /** Makes `client` the one that is attached; the one before learns that it was taken over. */
  attach(client: TerminalClient): void {
    const before = this.#client;
    this.#client = client;
    before?.takenOver();
  }

  /** Lets a client go; the shell runs on. */
  detach(client: TerminalClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.shell?.resumeOutput();
  }

  /** The running shell, started where there is none; rejects with the daemon's text. */
  async start(startShell: StartShell): Promise<TerminalShell> {
    if (this.shell !== undefined) return this.shell;
    this.#starting ??= this.#startShell(startShell);
    try {
      return await this.#starting;
    } finally {
      this.#starting = undefined;
    }
  }

  /** What was written since `offset`, as far as it is kept. */
  since(offset: number): Replay | undefined {
    return this.#output.since(offset);
  }

  /** Sends a signal to the shell's own process group, which a foreground job is not in. */
  signal(name: NodeJS.Signals): void {
    if (this.shell === undefined) return;
    try {
      process.kill(-this.shell.pid, name);
    } catch {
      // It has just ended.
    }
  }

  /** Kills the shell and everything in its session. */
  delete(): void {
    this.#isDeleted = true;
    for (const [leader, startTime] of this.#sessions) this.#context.processes.killSession(leader, startTime);
  }

  async #startShell(startShell: StartShell): Promise<TerminalShell> {
    const { config, shell: program, processes } = this.#context;
    const isBash = program.endsWith("bash");
    const listener: ShellListener = {
      output: (stream, bytes) => {
        this.#output.append(bytes);
        this.#client?.output(stream, bytes);
      },
      ended: (exitCode) => {
        this.shell = undefined;
        const client = this.#client;
        this.#client = undefined;
        client?.exited(exitCode);
      },
      inputFailed: (message) => this.#client?.inputFailed(message),
      drained: () => this.#client?.drained(),
    };
    const argv = [
      ...(isBash ? ["--norc", "--noprofile"] : []),
      ...(this.#command === undefined ? [] : ["-c", this.#command]),
    ];
    const shell = await startShell({ shell: program, argv, cwd: this.#cwd, env: config.env }, listener);
    this.#sessions.set(shell.pid, processes.add(shell.pid));
    this.shell = shell;
    // Deleted while it was being started: there was nothing to kill.
    if (this.#isDeleted) this.delete();
    return shell;
  }
}
