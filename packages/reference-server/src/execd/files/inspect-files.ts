import { lstat, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { WireFileInfo } from "@rxsandbox/protocol";

import { answerJson, RefusedRequest } from "../answers/answer.js";
import { encodeJson } from "../../shared/go-json/encode-json.js";
import type { WorkerContext } from "../worker-context.js";
import { answerJsonArray } from "./buffered-answer.js";
import { fileFailure } from "./file-failure.js";
import { FileDescriber } from "./file-info.js";
import { readQuery, requirePath, resolveFilePath } from "./file-path.js";
import { compileNamePattern } from "./patterns/name-pattern.js";
import { walk, type WalkEntry } from "./patterns/walk.js";

/** Answers `GET /files/info`: a map by requested path, in key order (`execd.md` 6). */
export async function answerFileInfo(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const describer = new FileDescriber();
  const infos: [string, WireFileInfo][] = [];
  for (const path of readQuery(request).getAll("path")) {
    const resolved = await resolveFilePath(path, context, false);
    const info = await describer.describe(resolved).catch((error: unknown) => {
      throw fileFailure(error, "lstat", resolved, `file not found: ${resolved}: `);
    });
    infos.push([path, info]);
  }
  answerJson(response, 200, Object.fromEntries(infos.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Answers `GET /files/search`: files and links whose base name matches, in walk order (`execd.md` 6). */
export async function answerSearch(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const query = readQuery(request);
  const root = await resolveFilePath(requirePath(query), context, false);
  const pattern = query.get("pattern") || "**";
  await stat(root).catch((error: unknown) => {
    throw fileFailure(error, "stat", root);
  });
  const matches = compileNamePattern(pattern);
  if (matches === undefined) {
    throw new RefusedRequest(
      500,
      "RUNTIME_ERROR",
      `error searching files. invalid pattern ${pattern}: syntax error in pattern`,
    );
  }
  const found = (entry: WalkEntry): boolean => !entry.isDirectory && matches(entry.name);
  await answerJsonArray(response, describeAll(response, walkFrom(root), found));
}

/** Answers `GET /directories/list` (`execd.md` 6). */
export async function answerDirectoryList(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const query = readQuery(request);
  const root = await resolveFilePath(requirePath(query), context, false);
  const depth = query.get("depth") ?? "1";
  const refuse = (message: string): RefusedRequest => new RefusedRequest(400, "INVALID_REQUEST_BODY", message);
  if (!/^\+?\d+$/.test(depth)) throw refuse(`invalid query parameter 'depth': ${depth}`);
  const stats = await lstat(root).catch((error: unknown) => {
    throw fileFailure(error, "lstat", root);
  });
  if (stats.isSymbolicLink()) throw refuse(`path is a symbolic link, refusing to traverse: ${root}`);
  if (!stats.isDirectory()) throw refuse(`path is not a directory: ${root}`);
  await answerJsonArray(
    response,
    describeAll(response, walk(root, Number(depth)), () => true),
  );
}

/** Longest time that one walk works without letting other requests be answered. */
const TURN_MS = 10;

/** Describes the wanted entries; ends early when the client has gone. */
async function* describeAll(
  response: ServerResponse,
  entries: AsyncIterable<WalkEntry>,
  isWanted: (entry: WalkEntry) => boolean,
): AsyncGenerator<string> {
  const describer = new FileDescriber();
  let turnStart = performance.now();
  for await (const entry of entries) {
    if (performance.now() - turnStart > TURN_MS) {
      await nextTurn();
      turnStart = performance.now();
      if (response.destroyed) return;
    }
    if (!isWanted(entry)) continue;
    // An entry that goes away during the walk is simply not there.
    const info = await describer.describe(entry.path).catch(() => undefined);
    if (info !== undefined) yield encodeJson(info);
  }
}

/** The root itself when it is not a directory, else what is below it. */
async function* walkFrom(root: string): AsyncGenerator<WalkEntry> {
  if ((await lstat(root)).isDirectory()) yield* walk(root, Number.POSITIVE_INFINITY);
  else yield { path: root, name: basename(root), isDirectory: false };
}
