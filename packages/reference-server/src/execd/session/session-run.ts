import { closeSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";

import { EventStream } from "../answers/event-stream.js";
import { formatDuration } from "../system/go-time.js";
import { startLongTimer } from "../../shared/long-timer.js";
import { killQuietly } from "../system/worker-processes.js";
import { type ProcessEnd, type ShellProcess, startShell } from "../commands/shell.js";
import type { WorkerContext } from "../worker-context.js";
import { openPipe } from "./named-pipe.js";
import { OverlongLine, SessionOutput } from "./session-output.js";
import { sessionScript } from "./session-script.js";
import type { Session } from "./session-store.js";

/** A validated run. */
export interface RunRequest {
  readonly command: string;
  /** Replaces the session's working directory, for later runs too (`execd.md` 4). */
  readonly cwd?: string;
  /** 0 means the daemon's cap of 24 h. */
  readonly timeoutMs: number;
  /** Loses the run (faults `session-run-lost` and `proxied-run-lost`). */
  readonly isLost: boolean;
}

/**
 * Runs one command in a session and streams its output (`execd.md` 2.3, 2.4, 4).
 *
 * The stream ends when the process and all holders of its output have ended, without a tail. A disconnect, the timeout
 * and the deletion of the session kill the whole process group at once: unlike a real daemon this server keeps its word
 * on timeouts while a child holds the pipe (`divergences.md` X20).
 */
export async function runInSession(
  session: Session,
  request: RunRequest,
  stream: EventStream,
  context: WorkerContext,
): Promise<void> {
  const lost = request.isLost ? (lostRuns += 1) % 3 : undefined;
  if (lost === 0) return stream.end();
  const startedMs = performance.now();
  const run = new Run(stream);
  const timeoutMs = request.timeoutMs === 0 ? CAP_MS : request.timeoutMs;
  const cancelTimeout = startLongTimer(timeoutMs, () =>
    run.stop({ envelope: `timeout after ${formatDuration(timeoutMs)}` }),
  );
  session.runs.add(run);
  void stream.closed.then(() => run.stop("lost"));
  const script = join(context.temporaryDirectory, `execd_bash_${randomDigits()}.sh`);
  stream.init(session.id);
  if (lost === 1) run.stop("lost");
  try {
    const state = { ...session.state, ...(request.cwd === undefined ? {} : { cwd: request.cwd }) };
    await writeFile(script, sessionScript(request.command, state, context.config.env), { mode: 0o600 });
    const output = new SessionOutput();
    const end = await run.follow(script, output, context, lost === 2);
    if (end === undefined) return await reportStop(run.stopped, stream);
    if (output.state !== undefined) session.state = output.state;
    await reportEnd(end, performance.now() - startedMs, stream);
    stream.end();
  } catch (error) {
    stream.envelope(`${ENVELOPE_PREFIX}${error instanceof Error ? error.message : String(error)}`);
  } finally {
    cancelTimeout();
    session.runs.delete(run);
    await rm(script, { force: true });
  }
}

const CAP_MS = 24 * 60 * 60 * 1000;
const ENVELOPE_PREFIX = "error running in session. ";
let lostRuns = 0;

/** Why a run was stopped before its end: by its session's deletion, without a listener, or with an envelope. */
type StopReason = "destroyed" | "lost" | { readonly envelope: string };

class Run {
  readonly #stream: EventStream;
  #process: ShellProcess | undefined;
  #pipe: Socket | undefined;
  stopped: StopReason | undefined;

  constructor(stream: EventStream) {
    this.#stream = stream;
  }

  destroy(): void {
    this.stop("destroyed");
  }

  /** Kills the run's processes; the first reason counts. */
  stop(reason: StopReason): void {
    this.stopped ??= reason;
    if (this.#process !== undefined) killQuietly(-this.#process.pid);
    this.#pipe?.destroy();
  }

  /** Starts the script and streams its output; `undefined` when it was stopped. */
  async follow(
    script: string,
    output: SessionOutput,
    context: WorkerContext,
    isLost: boolean,
  ): Promise<ProcessEnd | undefined> {
    const { readEnd, writeEnd } = await openPipe(context.temporaryDirectory);
    const pipe = new Socket({ fd: readEnd, readable: true, writable: false });
    try {
      this.#process = await startShell(
        context.shell,
        {
          argv: context.shell.endsWith("bash") ? ["--noprofile", "--norc", script] : [script],
          cwd: context.config.workingDirectory,
          env: context.config.env,
          stdio: ["ignore", writeEnd, writeEnd],
        },
        context.processes,
      );
      this.#pipe = pipe;
    } catch (error) {
      pipe.destroy();
      throw error;
    } finally {
      closeSync(writeEnd);
    }
    // A stop that came while the process was being started found nothing to kill.
    if (this.stopped !== undefined) this.stop(this.stopped);
    await this.#forward(pipe, output, isLost);
    const end = await this.#process.ended;
    return this.stopped === undefined ? end : undefined;
  }

  async #forward(pipe: Socket, output: SessionOutput, isLost: boolean): Promise<void> {
    const send = async (lines: Iterable<string>): Promise<void> => {
      for (const line of lines) {
        const wait = this.#stream.output("stdout", line);
        if (isLost) this.stop("lost");
        if (this.stopped !== undefined) return;
        if (wait !== undefined) await wait;
      }
    };
    try {
      for await (const chunk of pipe as AsyncIterable<Buffer>) await send(output.push(chunk));
      await send(output.finish());
    } catch (error) {
      if (error instanceof OverlongLine) this.stop({ envelope: "read stdout: bufio.Scanner: token too long" });
      // Stopping destroys the pipe under the reader.
      else if (this.stopped === undefined) throw error;
    }
  }
}

async function reportStop(reason: StopReason | undefined, stream: EventStream): Promise<void> {
  if (typeof reason === "object") return stream.envelope(`${ENVELOPE_PREFIX}${reason.envelope}`);
  if (reason === "destroyed") await stream.fail({ evalue: "-1", traceback: ["signal: killed"] });
  stream.end();
}

async function reportEnd(end: ProcessEnd, elapsedMs: number, stream: EventStream): Promise<void> {
  if (end.error === undefined) await stream.complete(Math.floor(elapsedMs));
  else await stream.fail({ evalue: String(end.exitCode), traceback: [end.error] });
}

function randomDigits(): string {
  return String(Math.floor(Math.random() * 2 ** 32));
}
