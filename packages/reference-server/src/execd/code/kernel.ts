import { randomBytes } from "node:crypto";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Duplex, Writable } from "node:stream";

import { killQuietly } from "../system/worker-processes.js";
import { openPipe } from "../session/named-pipe.js";
import { type ShellProcess, startShell } from "../commands/shell.js";
import type { WorkerContext } from "../worker-context.js";
import type { KernelProgram } from "./kernel-programs.js";
import { MarkedOutput } from "./marked-output.js";

/** What code came to. */
export interface KernelReply {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };
}

/** Takes the output of a run; a returned promise holds the kernel back until it resolves. */
export type OutputSink = (type: "stdout" | "stderr", text: string) => Promise<void> | undefined;

/** The kernel ended during a run, or before it was ready. */
export class KernelDied extends Error {
  override readonly name: string = "KernelDied";
}

interface Run {
  readonly id: string;
  readonly outputs: { readonly stdout: MarkedOutput; readonly stderr: MarkedOutput };
  readonly sink: OutputSink;
  /** The kernel has told that it began. */
  isStarted: boolean;
  isInterrupted: boolean;
  reply: KernelReply | undefined;
  readonly resolve: (reply: KernelReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One kernel process: runs one code at a time and keeps its state between runs. It leads a process group and a session
 * of its own, so that it ends, pauses and is killed with the sandbox.
 *
 * A run has ended when its reply and the mark of its end in both outputs have come; what is written between runs is
 * dropped. Bounds: one chunk per output while the sink waits; a reply of 64 MiB, beyond which the kernel is killed.
 */
export class Kernel {
  readonly #program: KernelProgram;
  readonly #process: ShellProcess;
  readonly #requests: Writable;
  #run: Run | undefined;
  #isAlive = true;
  #onReady: () => void = () => {};

  /** Starts the first of the programs that gets ready; rejects with {@link KernelDied} when none does. */
  static async start(programs: readonly KernelProgram[], cwd: string, context: WorkerContext): Promise<Kernel> {
    let failure: Error = new KernelDied("no program");
    for (const program of programs) {
      try {
        return await Kernel.#startOne(program, cwd, context);
      } catch (error) {
        failure = error as Error;
      }
    }
    throw failure;
  }

  static async #startOne(program: KernelProgram, cwd: string, context: WorkerContext): Promise<Kernel> {
    const pipes = [await openPipe(context.temporaryDirectory), await openPipe(context.temporaryDirectory)] as const;
    const [stdout, stderr] = pipes.map(
      ({ readEnd }) => new Socket({ fd: readEnd, readable: true, writable: false }),
    ) as [Socket, Socket];
    try {
      const stdio = [program.readsStdin ? "pipe" : "ignore", pipes[0].writeEnd, pipes[1].writeEnd, "pipe"] as const;
      // Python finds its own installation by the name it was called by.
      const start = { argv: program.argv, argv0: program.path, cwd, env: context.config.env, stdio: [...stdio] };
      const kernel = new Kernel(program, await startShell(program.path, start, context.processes), stdout, stderr);
      await kernel.#getReady();
      return kernel;
    } catch (error) {
      stdout.destroy();
      stderr.destroy();
      throw error;
    } finally {
      for (const { writeEnd } of pipes) closeSync(writeEnd);
    }
  }

  private constructor(program: KernelProgram, process: ShellProcess, stdout: Socket, stderr: Socket) {
    this.#program = program;
    this.#process = process;
    const channel = process.child.stdio[3] as Duplex;
    this.#requests = program.readsStdin && process.child.stdin !== null ? process.child.stdin : channel;
    // A kernel that is gone takes no requests: its end tells that.
    for (const stream of [channel, this.#requests, stdout, stderr]) stream.on("error", () => {});
    this.#listen(channel);
    this.#forward("stdout", stdout);
    this.#forward("stderr", stderr);
    void process.ended.then(({ error }) => {
      this.#isAlive = false;
      this.#run?.reject(new KernelDied(`kernel died: ${error ?? "exit status 0"}`));
      this.#run = undefined;
      stdout.destroy();
      stderr.destroy();
      channel.destroy();
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Runs code to its end; rejects with {@link KernelDied}. Call it only when no other run is under way. */
  run(code: string, sink: OutputSink): Promise<KernelReply> {
    const id = `rx${randomBytes(12).toString("hex")}`;
    return new Promise((resolve, reject) => {
      this.#run = {
        id,
        outputs: { stdout: new MarkedOutput(id), stderr: new MarkedOutput(id) },
        sink,
        isStarted: false,
        isInterrupted: false,
        reply: undefined,
        resolve,
        reject,
      };
      this.#requests.write(this.#program.encode(id, code));
    });
  }

  /**
   * Sends SIGINT to the kernel and what it started, when code runs: as soon as the kernel has begun with it, or
   * repeatedly for 3 s.
   */
  interrupt(): void {
    const run = this.#run;
    if (run === undefined) return;
    if (this.#program.interrupts === "repeatedly") return this.#interruptRepeatedly(run, REPEATS);
    run.isInterrupted = true;
    if (run.isStarted) killQuietly(-this.#process.pid, "SIGINT");
  }

  #interruptRepeatedly(run: Run, left: number): void {
    if (run !== this.#run || !this.#isAlive) return;
    killQuietly(-this.#process.pid, "SIGINT");
    this.#requests.write(this.#program.encodeEnd(run.id));
    if (left > 0) setTimeout(() => this.#interruptRepeatedly(run, left - 1), REPEAT_MS).unref();
  }

  /** Ends the kernel and what it started. */
  kill(): void {
    killQuietly(-this.#process.pid);
  }

  #getReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.kill(), START_MS);
      this.#onReady = () => {
        clearTimeout(timer);
        resolve();
      };
      void this.#process.ended.then(({ error }) => {
        clearTimeout(timer);
        reject(new KernelDied(`kernel died: ${error ?? "exit status 0"}`));
      });
      if (this.#program.preamble !== "") this.#requests.write(this.#program.preamble);
    });
  }

  #listen(channel: Duplex): void {
    let bytes = 0;
    channel.on("data", (chunk: Buffer) => {
      bytes = chunk.includes(LF) ? 0 : bytes + chunk.length;
      if (bytes > MAX_REPLY_BYTES) this.kill();
    });
    const lines = createInterface({ input: channel });
    lines.on("line", (line) => this.#answer(line));
    // It repeats the errors of its input, and one that nobody hears ends the daemon.
    lines.on("error", () => {});
  }

  #answer(line: string): void {
    const { id, ready, started, status, result, error } = readReply(line);
    if (ready === true) return this.#onReady();
    const run = this.#run;
    if (started === true) {
      if (run !== undefined && run.id === id) this.#begin(run);
      return;
    }
    // Of a run that was interrupted, the end may be told twice.
    if (run === undefined || id !== run.id || run.reply !== undefined) return;
    const failed =
      status === undefined || status === 0
        ? error
        : { ename: "CommandExecError", evalue: String(status), traceback: [`exit status ${status}`] };
    run.reply = { ...(result !== undefined && { result }), ...(failed !== undefined && { error: failed }) };
    this.#settle(run);
  }

  #begin(run: Run): void {
    run.isStarted = true;
    if (run.isInterrupted) killQuietly(-this.#process.pid, "SIGINT");
  }

  #forward(type: "stdout" | "stderr", pipe: Socket): void {
    pipe.on("data", (chunk: Buffer) => {
      const run = this.#run;
      if (run === undefined) return;
      const output = run.outputs[type];
      const text = output.push(chunk);
      const wait = text === "" ? undefined : run.sink(type, text);
      if (wait === undefined) return this.#settle(run);
      pipe.pause();
      void wait.then(() => {
        pipe.resume();
        this.#settle(run);
      });
    });
  }

  #settle(run: Run): void {
    if (run !== this.#run || run.reply === undefined || !run.outputs.stdout.isOver || !run.outputs.stderr.isOver)
      return;
    this.#run = undefined;
    run.resolve(run.reply);
  }
}

/** A kernel that is not ready after this time is given up. */
const START_MS = 30_000;
const REPEAT_MS = 200;
const REPEATS = 15;
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
const LF = 0x0a;

interface RawReply extends KernelReply {
  readonly id?: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly status?: number;
}

/** Code can write to the channel of its kernel too: anything that is not a reply is ignored. */
function readReply(line: string): RawReply {
  try {
    return Object(JSON.parse(line)) as RawReply;
  } catch {
    return {};
  }
}
