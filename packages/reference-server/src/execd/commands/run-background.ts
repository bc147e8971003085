import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

import { RefusedRequest } from "../answers/answer.js";
import { endAfterTail } from "./end-command-stream.js";
import type { EventStream } from "../answers/event-stream.js";
import { errnoText } from "../system/go-errno.js";
import { nowNs } from "../system/go-time.js";
import { startLongTimer } from "../../shared/long-timer.js";
import { killQuietly } from "../system/worker-processes.js";
import type { PreparedCommand } from "./run-command.js";
import { type ShellProcess, SpawnFailure, startShell } from "./shell.js";
import type { WorkerContext } from "../worker-context.js";

/**
 * Starts a background command (`execd.md` 2.4, 3.1).
 *
 * The stream ends with the start; the output goes to one combined file, and when the leader ends the whole group is
 * killed.
 */
export async function runBackground(
  prepared: PreparedCommand,
  stream: EventStream,
  context: WorkerContext,
): Promise<void> {
  const startedMs = performance.now();
  const startedNs = nowNs();
  const logPath = join(context.temporaryDirectory, `${prepared.id}.output`);
  const log = openLog(logPath);
  const entry = { id: prepared.id, content: prepared.command, startedNs, logPath };
  stream.init(prepared.id);
  try {
    const process = await start(prepared, log, context);
    const register = (): void => context.commands.add({ ...entry, process });
    if (context.faults.has("background-late-registration")) setTimeout(register, LATE_MS);
    else register();
    superviseGroup(prepared, process, context);
  } catch (error) {
    if (!(error instanceof SpawnFailure)) throw error;
    context.commands.add(entry);
    context.commands.finish(prepared.id, { exitCode: 255, error: error.message });
    return stream.envelope(`error running commands failed to start commands: ${error.message}`);
  } finally {
    closeSync(log);
  }
  if (context.faults.has("no-terminal")) return stream.end();
  await stream.complete(Math.floor(performance.now() - startedMs));
  context.commands.takeOffHandlers();
  if (!prepared.hasTail) return stream.end();
  await endAfterTail(stream, context);
}

const LATE_MS = 150;

function start(prepared: PreparedCommand, log: number, context: WorkerContext): Promise<ShellProcess> {
  return startShell(
    context.shell,
    {
      argv: ["-c", prepared.command],
      cwd: prepared.cwd,
      env: prepared.env,
      stdio: ["ignore", log, log],
      ...(prepared.credentials === undefined ? {} : { credentials: prepared.credentials }),
    },
    context.processes,
  );
}

function superviseGroup(prepared: PreparedCommand, process: ShellProcess, context: WorkerContext): void {
  const cancelTimeout =
    prepared.timeoutMs > 0 ? startLongTimer(prepared.timeoutMs, () => killQuietly(-process.pid)) : () => {};
  void process.ended.then((end) => {
    cancelTimeout();
    killQuietly(-process.pid);
    const finish = (): void => context.commands.finish(prepared.id, end);
    if (context.commands.get(prepared.id) === undefined) setTimeout(finish, LATE_MS);
    else finish();
  });
}

function openLog(path: string): number {
  try {
    return openSync(path, "w+");
  } catch (error) {
    throw new RefusedRequest(
      500,
      "RUNTIME_ERROR",
      `error running commands failed to create log file: open ${path}: ${errnoText(error)}`,
    );
  }
}
