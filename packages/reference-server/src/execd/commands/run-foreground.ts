import { close, openSync } from "node:fs";
import { join } from "node:path";

import { RefusedRequest } from "../answers/answer.js";
import { endAfterTail } from "./end-command-stream.js";
import type { EventStream } from "../answers/event-stream.js";
import { errnoText } from "../system/go-errno.js";
import { nowNs } from "../system/go-time.js";
import { startLongTimer } from "../../shared/long-timer.js";
import { type LineSink, OutputTail } from "./output-tail.js";
import { killQuietly } from "../system/worker-processes.js";
import type { PreparedCommand } from "./run-command.js";
import { type ProcessEnd, type ShellProcess, SpawnFailure, startShell } from "./shell.js";
import type { WorkerContext } from "../worker-context.js";

/**
 * Runs a foreground command and streams its output (`execd.md` 2.3, 2.4).
 *
 * A disconnect has no effect on the command; its children may outlive it, and what they write then is lost.
 */
export async function runForeground(
  prepared: PreparedCommand,
  stream: EventStream,
  context: WorkerContext,
): Promise<void> {
  const startedMs = performance.now();
  const [stdout, stderr] = openCaptures(prepared.id, context.temporaryDirectory);
  try {
    stream.init(prepared.id);
    if (context.faults.has("envelope-after-init")) return stream.envelope("error running commands fault injected");
    const process = await start(prepared, [stdout, stderr], context);
    const end = await follow(prepared, process, new Captures(stdout, stderr, stream, context), context);
    await reportEnd(end, performance.now() - startedMs, stream, context);
  } catch (error) {
    if (!(error instanceof SpawnFailure)) throw error;
    await stream.fail({ evalue: error.message, traceback: [error.message] });
  } finally {
    context.commands.takeOffHandlers();
    closeQuietly(stdout);
    closeQuietly(stderr);
  }
  if (!prepared.hasTail) return stream.end();
  await endAfterTail(stream, context);
}

async function start(
  prepared: PreparedCommand,
  [stdout, stderr]: readonly [number, number],
  context: WorkerContext,
): Promise<ShellProcess> {
  const startedNs = nowNs();
  const process = await startShell(
    context.shell,
    {
      argv: ["-c", prepared.command],
      cwd: prepared.cwd,
      env: prepared.env,
      stdio: ["ignore", stdout, stderr],
      ...(prepared.credentials === undefined ? {} : { credentials: prepared.credentials }),
    },
    context.processes,
  );
  context.commands.add({ id: prepared.id, content: prepared.command, startedNs, process });
  return process;
}

async function follow(
  prepared: PreparedCommand,
  process: ShellProcess,
  captures: Captures,
  context: WorkerContext,
): Promise<ProcessEnd> {
  const cancelTimeout =
    prepared.timeoutMs > 0 ? startLongTimer(prepared.timeoutMs, () => killQuietly(-process.pid)) : () => {};
  let end: ProcessEnd | undefined;
  const ended = process.ended.then((value) => {
    end = value;
    cancelTimeout();
    context.commands.finish(prepared.id, value);
    return value;
  });
  while (end === undefined) {
    let cancel: () => void = () => {};
    const pause = new Promise<void>((resolve) => (cancel = startLongTimer(context.config.pollMs, resolve)));
    await Promise.race([ended, pause]);
    cancel();
    if (end === undefined) await captures.poll();
  }
  await captures.finish();
  return ended;
}

async function reportEnd(
  end: ProcessEnd,
  elapsedMs: number,
  stream: EventStream,
  context: WorkerContext,
): Promise<void> {
  if (context.faults.has("no-terminal")) return stream.end();
  if (end.error === undefined) await stream.complete(Math.floor(elapsedMs));
  else await stream.fail({ evalue: String(end.exitCode), traceback: [end.error] });
}

/** The two captured outputs of a command; nothing is read once nobody listens. */
class Captures {
  readonly #stdout: OutputTail;
  readonly #stderr: OutputTail;
  readonly #isWanted: () => boolean;

  constructor(stdout: number, stderr: number, stream: EventStream, context: WorkerContext) {
    this.#isWanted = () => stream.isWanted;
    const isCut = context.faults.has("cut-stream");
    const sink = (type: "stdout" | "stderr"): LineSink => ({
      line: (text) => (isCut ? void stream.cut() : stream.output(type, text)),
      longLine: (pieces) => stream.longOutput(type, pieces),
    });
    this.#stdout = new OutputTail(stdout, sink("stdout"));
    this.#stderr = new OutputTail(stderr, sink("stderr"));
  }

  async poll(): Promise<void> {
    await this.#stdout.poll(this.#isWanted);
    await this.#stderr.poll(this.#isWanted);
  }

  async finish(): Promise<void> {
    await this.#stdout.finish(this.#isWanted);
    await this.#stderr.finish(this.#isWanted);
  }
}

function openCaptures(id: string, directory: string): [number, number] {
  try {
    return [openSync(join(directory, `${id}.stdout`), "w+"), openSync(join(directory, `${id}.stderr`), "w+")];
  } catch (error) {
    const path = join(directory, `${id}.stdout`);
    throw new RefusedRequest(
      500,
      "RUNTIME_ERROR",
      `error running commands failed to create log file: open ${path}: ${errnoText(error)}`,
    );
  }
}

function closeQuietly(descriptor: number): void {
  // Nothing was written through this descriptor by the worker, so a failure to close it loses nothing.
  close(descriptor, () => {});
}
