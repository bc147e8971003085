import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

import { RefusedRequest } from "../answers/answer.js";
import { readFileStream } from "../files/open-file.js";
import { errnoText } from "../system/go-errno.js";
import { pause } from "../system/pause.js";
import { sendFile } from "../answers/send-file.js";
import type { WorkerContext } from "../worker-context.js";

/**
 * Answers `GET /command/{id}/logs`: raw bytes from a byte offset, and the new end offset in a header (`execd.md` 3.2).
 */
export async function answerLogs(
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const refuse = (message: string): RefusedRequest => new RefusedRequest(400, "INVALID_REQUEST_BODY", message);
  const entry = context.commands.get(id);
  if (entry === undefined) throw refuse(`command not found: ${id}`);
  if (entry.logPath === undefined) throw refuse(`command ${id} is not running in background`);
  const cursor = parseCursor(new URL(request.url ?? "/", "http://worker").searchParams.get("cursor"));
  if (cursor < 0) throw refuse(`error seek file: seek ${entry.logPath}: invalid argument`);
  const { faults } = context;
  if (faults.has("slow-logs")) await pause(SLOW_MS);
  const isHidden = faults.has("late-log") && context.commands.get(id)?.end === undefined;
  const size = isHidden ? 0 : await fileSize(entry.logPath, refuse);
  const end = Math.max(cursor, size);
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("execd-commands-tail-cursor", String(faults.has("log-cursor-is-size") ? size : end));
  if (end - cursor <= BUFFERED_BYTES) response.setHeader("content-length", String(end - cursor));
  const cutAt = faults.has("cut-logs") && end > cursor ? nextCut(context, end - cursor) : undefined;
  if (cutAt === undefined) await sendFile(response, entry.logPath, cursor, end);
  else await sendCut(response, entry.logPath, cursor, cursor + cutAt);
}

/** Answers with a log so far, of a worker with the fault `cut-logs`. */
const answers = new WeakMap<WorkerContext, number>();

/** After how many of `length` bytes an answer is cut; `undefined` for every second one, which is whole. */
function nextCut(context: WorkerContext, length: number): number | undefined {
  const count = answers.get(context) ?? 0;
  answers.set(context, count + 1);
  return count % 2 === 1 ? undefined : (count * CUT_STEP) % length;
}

/** Sends the head and the bytes up to `end`, and drops the connection. */
async function sendCut(response: ServerResponse, path: string, start: number, end: number): Promise<void> {
  response.flushHeaders();
  if (end > start) for await (const bytes of readFileStream(path, { start, end: end - 1 })) response.write(bytes);
  // What was written has to leave first, which destroying alone would throw away.
  response.socket?.end(() => response.destroy());
}

/** A prime: lengths are met at all of their offsets. */
const CUT_STEP = 7919;
const SLOW_MS = 1000;

/** Answers up to this size carry a length, as the daemon's do. */
const BUFFERED_BYTES = 2048;

/** An absent or unparsable cursor is 0. */
function parseCursor(text: string | null): number {
  const cursor = text !== null && /^[+-]?\d+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(cursor) ? cursor : 0;
}

async function fileSize(path: string, refuse: (message: string) => RefusedRequest): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw refuse(`error open file: open ${path}: ${errnoText(error)}`);
  }
}
