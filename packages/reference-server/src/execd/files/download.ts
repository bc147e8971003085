import type { Stats } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename } from "node:path";

import { answerError, answerText, RefusedRequest } from "../answers/answer.js";
import { sendFile } from "../answers/send-file.js";
import type { WorkerContext } from "../worker-context.js";
import { BufferedAnswer } from "./buffered-answer.js";
import { parseByteRange } from "./byte-range.js";
import { fileFailure } from "./file-failure.js";
import { readQuery, requirePath, resolveFilePath } from "./file-path.js";
import { selectLines } from "./line-selection.js";
import { readFileStream } from "./open-file.js";

/**
 * Answers `GET /files/download`: whole, one byte range, or lines (`execd.md` 6.2).
 *
 * Two defects of a real daemon are left out: a malformed range is a well-formed 416 (`divergences.md` X40), and a
 * directory is refused (X43).
 */
export async function answerDownload(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const query = readQuery(request);
  const path = await resolveFilePath(requirePath(query), context, true);
  const stats = await open(path);
  const range = request.headers.range;
  const isByLine = query.has("offset") || query.has("limit");
  if (isByLine && range !== undefined) {
    const message = "line-based reading (offset/limit) and byte range (Range header) are mutually exclusive";
    throw new RefusedRequest(400, "INVALID_REQUEST_BODY", message);
  }
  if (isByLine)
    return answerLines(response, path, readLineNumber(query, "offset") ?? 1, readLineNumber(query, "limit"));
  response.setHeader("content-disposition", contentDisposition(basename(path)));
  if (range !== undefined) return answerRange(response, path, stats, range);
  await answerWhole(request, response, path, stats);
}

async function open(path: string): Promise<Stats> {
  let stats: Stats;
  try {
    await access(path, constants.R_OK);
    stats = await stat(path);
  } catch (error) {
    throw fileFailure(error, "open", path);
  }
  if (stats.isDirectory()) throw new RefusedRequest(400, "INVALID_FILE", `path is a directory: ${path}`);
  if (!stats.isFile()) throw new RefusedRequest(400, "INVALID_FILE", `path is not a regular file: ${path}`);
  return stats;
}

function readLineNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\+?\d+$/.test(text) || Number(text) < 1) {
    throw new RefusedRequest(400, "INVALID_REQUEST_BODY", `invalid query parameter '${name}': ${text}`);
  }
  return Number(text);
}

async function answerLines(
  response: ServerResponse,
  path: string,
  offset: number,
  limit = Number.POSITIVE_INFINITY,
): Promise<void> {
  response.setHeader("content-type", "text/plain; charset=utf-8");
  const answer = new BufferedAnswer(response);
  for await (const bytes of selectLines(readFileStream(path) as AsyncIterable<Buffer>, offset, limit)) {
    await answer.write(bytes);
    if (answer.isAbandoned) return;
  }
  answer.end();
}

async function answerRange(response: ServerResponse, path: string, stats: Stats, header: string): Promise<void> {
  const range = parseByteRange(header, stats.size);
  if (range === "malformed") return answerError(response, new RefusedRequest(416, "UNKNOWN", ""));
  if (range === "no-overlap" && stats.size === 0) return sendWhole(response, path, stats);
  if (range === "no-overlap") {
    response.setHeader("content-range", `bytes */${stats.size}`);
    return answerText(response, 416, "invalid range: failed to overlap\n", false);
  }
  response.writeHead(206, {
    "content-type": "application/octet-stream",
    "content-length": range.end - range.start + 1,
    "content-range": `bytes ${range.start}-${range.end}/${stats.size}`,
  });
  await sendFile(response, path, range.start, range.end + 1);
}

async function answerWhole(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  stats: Stats,
): Promise<void> {
  const since = Date.parse(request.headers["if-modified-since"] ?? "");
  // Header dates have whole seconds.
  if (Math.floor(stats.mtimeMs / 1000) * 1000 > since || Number.isNaN(since)) return sendWhole(response, path, stats);
  response.writeHead(304, { "last-modified": stats.mtime.toUTCString() });
  response.end();
}

async function sendWhole(response: ServerResponse, path: string, stats: Stats): Promise<void> {
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": stats.size,
    "accept-ranges": "bytes",
    "last-modified": stats.mtime.toUTCString(),
  });
  await sendFile(response, path, 0, stats.size);
}

function contentDisposition(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return `attachment; filename="${name.replace(/["\\]/g, "\\$&")}"`;
  const encoded = encodeURIComponent(name);
  return `attachment; filename="${encoded}"; filename*=UTF-8''${encoded}`;
}
