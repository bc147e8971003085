import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

import { RefusedRequest } from "../answers/answer.js";
import { errnoText } from "../system/go-errno.js";
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
  const size = await fileSize(entry.logPath, refuse);
  const end = Math.max(cursor, size);
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("execd-commands-tail-cursor", String(end));
  if (end - cursor <= BUFFERED_BYTES) response.setHeader("content-length", String(end - cursor));
  await sendFile(response, entry.logPath, cursor, end);
}

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
