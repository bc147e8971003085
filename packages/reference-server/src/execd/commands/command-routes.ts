import type { IncomingMessage, ServerResponse } from "node:http";

import { answerEmpty, answerJson, RefusedRequest } from "../answers/answer.js";
import { describeCommand, type CommandEntry } from "./command-registry.js";
import { nowNs } from "../system/go-time.js";
import { pause } from "../system/pause.js";
import { isGroupAlive, killQuietly } from "../system/worker-processes.js";
import type { WorkerContext } from "../worker-context.js";

/** Answers `GET /command/status/{id}` (`execd.md` 3.2). */
export function answerStatus(id: string, response: ServerResponse, context: WorkerContext): void {
  const entry = context.commands.get(id);
  if (entry === undefined) throw new RefusedRequest(404, "INVALID_REQUEST_BODY", `command not found: ${id}`);
  const isLate =
    context.faults.has("late-status") &&
    entry.logPath !== undefined &&
    entry.end !== undefined &&
    nowNs() - entry.end.finishedNs < LATE_STATUS_NS;
  answerJson(response, 200, describeCommand(isLate ? withoutEnd(entry) : entry));
}

/**
 * Interrupts a running command: SIGTERM to its group, up to 3 s for it to end, then SIGKILL (`execd.md` 3.2).
 *
 * Resolves when the command has ended; throws the 500 of a command that is unknown or finished.
 */
export async function interruptCommand(id: string, context: WorkerContext): Promise<void> {
  const entry = context.commands.get(id);
  if (entry === undefined) throw new RefusedRequest(500, "RUNTIME_ERROR", `${INTERRUPT_PREFIX}no such session`);
  if (entry.end !== undefined || entry.process === undefined) {
    throw new RefusedRequest(500, "RUNTIME_ERROR", `${INTERRUPT_PREFIX}command session ${id} is not running`);
  }
  const { pid, ended } = entry.process;
  killQuietly(-pid, "SIGTERM");
  // The group is asked for, not the leader: its children get the same time to clean up.
  for (const deadlineMs = performance.now() + PATIENCE_MS; performance.now() < deadlineMs && isGroupAlive(pid);)
    await pause(LOOK_MS);
  killQuietly(-pid);
  await ended;
}

/**
 * Answers `DELETE /command?id=` and `DELETE /code?id=`: the id of a command, of a bash session, which is destroyed, or
 * of a code context, whose kernel is interrupted (`execd.md` 3.2).
 */
export async function answerInterrupt(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
  interruptOther: (id: string) => boolean,
): Promise<void> {
  const id = new URL(request.url ?? "/", "http://worker").searchParams.get("id") ?? "";
  if (id === "") throw new RefusedRequest(400, "MISSING_QUERY", "missing query parameter 'id'");
  if (!interruptOther(id)) await interruptCommand(id, context);
  answerEmpty(response);
}

function withoutEnd({ end: _, ...running }: CommandEntry): CommandEntry {
  return running;
}

const LATE_STATUS_NS = 500_000_000n;
const PATIENCE_MS = 3000;
const LOOK_MS = 20;
const INTERRUPT_PREFIX = "error interruptting code context. ";
