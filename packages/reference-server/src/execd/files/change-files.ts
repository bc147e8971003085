import { lstat, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";

import type { WirePermission } from "@rxsandbox/protocol";

import { answerEmpty, answerJson, RefusedRequest } from "../answers/answer.js";
import { errnoCode, errnoText } from "../system/go-errno.js";
import { type GoType, goString } from "../../shared/go-json/decode-json.js";
import { makeDirectories } from "../system/make-directories.js";
import { PARSE_PREFIX, readRequest } from "../answers/read-request.js";
import type { WorkerContext } from "../worker-context.js";
import { applyPermission, PERMISSION_FIELDS } from "./apply-permission.js";
import { fileFailure } from "./file-failure.js";
import { readQuery, resolveFilePath } from "./file-path.js";

/**
 * Answers `DELETE /files`: missing files are ignored, a directory stops with 500 (`execd.md` 6).
 *
 * Links are removed as files are, dangling ones and links to directories too, where a real daemon keeps them
 * (`divergences.md` X36).
 */
export async function deleteFiles(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  for (const path of readQuery(request).getAll("path")) {
    const resolved = await resolveFilePath(path, context, false);
    const failure = (text: string): RefusedRequest =>
      new RefusedRequest(500, "RUNTIME_ERROR", `error removing file ${path}. ${text}`);
    try {
      if ((await lstat(resolved)).isDirectory()) throw failure(`path is a directory: ${resolved}`);
      await unlink(resolved);
    } catch (error) {
      if (error instanceof RefusedRequest) throw error;
      if (errnoCode(error) !== "ENOENT") throw failure(`remove ${resolved}: ${errnoText(error)}`);
    }
  }
  answerEmpty(response);
}

/** Answers `DELETE /directories`: recursive, plain files too, missing ones are fine (`execd.md` 6). */
export async function deleteDirectories(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  for (const path of readQuery(request).getAll("path")) {
    const resolved = await resolveFilePath(path, context, false);
    await rm(resolved, { recursive: true, force: true }).catch((error: unknown) => {
      throw new RefusedRequest(
        500,
        "RUNTIME_ERROR",
        `error removing directory ${path}. unlinkat ${resolved}: ${errnoText(error)}`,
      );
    });
  }
  answerEmpty(response);
}

/** Answers `POST /directories`: permissions go to a newly made leaf only (`execd.md` 6). */
export async function createDirectories(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const wanted = await readPermissions(request);
  for (const [path, permission] of wanted) {
    const resolved = await resolveFilePath(path, context, true);
    try {
      if (await makeDirectories(resolved)) await applyPermission(resolved, permission);
    } catch (error) {
      throw new RefusedRequest(500, "RUNTIME_ERROR", `error accessing file: ${(error as Error).message}`);
    }
  }
  answerEmpty(response);
}

/** Answers `POST /files/permissions` (`execd.md` 6). */
export async function changePermissions(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  for (const [path, permission] of await readPermissions(request)) {
    const resolved = await resolveFilePath(path, context, true);
    await applyPermission(resolved, permission).catch((error: unknown) => {
      throw new RefusedRequest(
        500,
        "RUNTIME_ERROR",
        `error changing permissions for ${path}. ${(error as Error).message}`,
      );
    });
  }
  answerEmpty(response);
}

/** Answers `POST /files/mv`: one after the other, parents are made, nothing is overwritten (`execd.md` 6). */
export async function moveFiles(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const items = ((await readRequest(request, MOVES, PARSE_PREFIX)) ?? []) as readonly (
    { src?: string; dest?: string } | undefined
  )[];
  for (const item of items) {
    const source = await resolveFilePath(item?.src ?? "", context, false);
    const target = await resolveFilePath(item?.dest ?? "", context, false);
    await stat(source).catch((error: unknown) => {
      throw fileFailure(error, "stat", source, `source path not found: ${source}: `);
    });
    const failure = (text: string): RefusedRequest =>
      new RefusedRequest(500, "RUNTIME_ERROR", `error accessing file: ${text}`);
    if (await exists(target)) throw failure(`destination path already exists: ${target}`);
    try {
      await makeDirectories(dirname(target));
      await rename(source, target);
    } catch (error) {
      throw failure(
        errnoCode(error) === "" ? (error as Error).message : `rename ${source} ${target}: ${errnoText(error)}`,
      );
    }
  }
  answerEmpty(response);
}

/** Answers `POST /files/replace`: all occurrences, in place; counts only with `verbose=true` (`execd.md` 6). */
export async function replaceInFiles(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const wanted = entriesOf(await readRequest(request, REPLACEMENTS, PARSE_PREFIX)) as readonly [
    string,
    { old?: string; new?: string },
  ][];
  const counts: [string, { replacedCount: number }][] = [];
  for (const [path, replacement] of wanted) {
    const resolved = await resolveFilePath(path, context, true);
    const stats = await stat(resolved).catch((error: unknown) => {
      throw fileFailure(error, "stat", resolved);
    });
    if (!stats.isFile()) throw new RefusedRequest(400, "INVALID_FILE", `path is not a regular file: ${resolved}`);
    if ((replacement.old ?? "") === "")
      throw new RefusedRequest(400, "INVALID_REQUEST_BODY", "old content must not be empty");
    if (stats.size > MAX_REPLACE_BYTES) throw fileFailure({ code: "EFBIG" }, "read", resolved);
    const replacedCount = await replaceAll(resolved, replacement.old ?? "", replacement.new ?? "").catch(
      (error: unknown) => {
        throw fileFailure(error, "open", resolved);
      },
    );
    counts.push([path, { replacedCount }]);
  }
  if (readQuery(request).get("verbose") === "true") answerJson(response, 200, Object.fromEntries(counts));
  else answerEmpty(response);
}

/** Replacing reads the file into memory; a larger one is refused. */
const MAX_REPLACE_BYTES = 128 * 1024 * 1024;

const PERMISSIONS: GoType = {
  kind: "map",
  name: "map[string]model.Permission",
  values: { kind: "struct", name: "model.Permission", fields: PERMISSION_FIELDS },
};
const MOVES: GoType = {
  kind: "slice",
  name: "[]model.RenameFileItem",
  items: { kind: "struct", name: "model.RenameFileItem", fields: { src: goString, dest: goString } },
};
const REPLACEMENTS: GoType = {
  kind: "map",
  name: "map[string]model.ReplaceFileContentItem",
  values: { kind: "struct", name: "model.ReplaceFileContentItem", fields: { old: goString, new: goString } },
};

async function readPermissions(request: IncomingMessage): Promise<readonly [string, WirePermission][]> {
  return entriesOf(await readRequest(request, PERMISSIONS, PARSE_PREFIX)) as readonly [string, WirePermission][];
}

/** Entries of a decoded map; `null` values are empty structs. */
function entriesOf(map: unknown): readonly [string, object][] {
  return Object.entries((map ?? {}) as Record<string, object | undefined>).map(([key, value]) => [key, value ?? {}]);
}

async function replaceAll(path: string, old: string, replacement: string): Promise<number> {
  // One byte per character, so that bytes which are not text survive.
  const parts = (await readFile(path)).toString("latin1").split(Buffer.from(old).toString("latin1"));
  if (parts.length > 1)
    await writeFile(path, Buffer.from(parts.join(Buffer.from(replacement).toString("latin1")), "latin1"));
  return parts.length - 1;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
