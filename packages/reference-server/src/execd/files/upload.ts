import { createReadStream } from "node:fs";
import { type FileHandle, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";

import type { WirePermission } from "@rxsandbox/protocol";

import { answerEmpty, RefusedRequest } from "../answers/answer.js";
import { errnoText } from "../system/go-errno.js";
import { decodeJson, type GoType, goString } from "../../shared/go-json/decode-json.js";
import { parseJson } from "../../shared/go-json/parse-json.js";
import { makeDirectories } from "../system/make-directories.js";
import type { WorkerContext } from "../worker-context.js";
import { applyPermission, PERMISSION_FIELDS } from "./apply-permission.js";
import { resolveFilePath } from "./file-path.js";
import { openToWrite } from "./open-file.js";
import { readUploadForm, type UploadForm, type UploadPart } from "./upload-form.js";

/** Answers `POST /files/upload`: pairs of metadata and file, written one after the other (`execd.md` 6.1). */
export async function answerUpload(
  request: IncomingMessage,
  response: ServerResponse,
  context: WorkerContext,
): Promise<void> {
  const form = await readUploadForm(request, context.temporaryDirectory).catch(() => {
    throw new RefusedRequest(400, "INVALID_FILE", "multipart form is empty");
  });
  try {
    checkCounts(form);
    for (const [index, metadata] of form.metadata.entries()) {
      const file = form.files[index];
      if (file !== undefined) await writeUpload(parseMetadata(metadata), file, context);
    }
  } finally {
    await form.dispose();
  }
  answerEmpty(response);
}

type UploadMetadata = WirePermission & { readonly path: string };

const METADATA: GoType = {
  kind: "struct",
  name: "model.FileMetadata",
  fields: { path: goString, ...PERMISSION_FIELDS },
};

/** New files are 0777 minus umask, as a real daemon makes them. */
const NEW_FILE_MODE = 0o777;
const COPY_BYTES = 1024 * 1024;

function checkCounts(form: UploadForm): void {
  const { metadata, files } = form;
  if (metadata.length === 0) throw new RefusedRequest(400, "INVALID_FILE_METADATA", "metadata file is missing");
  if (files.length === 0) throw new RefusedRequest(400, "INVALID_FILE_CONTENT", "file is missing");
  if (metadata.length === files.length) return;
  throw new RefusedRequest(
    400,
    "INVALID_FILE",
    `metadata and file count mismatch: ${metadata.length} vs ${files.length}`,
  );
}

function parseMetadata(part: UploadPart): UploadMetadata {
  const text = "bytes" in part ? part.bytes.toString("utf8") : "";
  let metadata: Partial<UploadMetadata>;
  try {
    metadata = (decodeJson(parseJson(text, "whole"), METADATA) ?? {}) as Partial<UploadMetadata>;
  } catch (error) {
    throw new RefusedRequest(400, "INVALID_FILE_METADATA", `invalid metadata format. ${(error as Error).message}`);
  }
  if ((metadata.path ?? "") === "") throw new RefusedRequest(400, "INVALID_FILE_METADATA", "metadata path is empty");
  return metadata as UploadMetadata;
}

async function writeUpload(metadata: UploadMetadata, part: UploadPart, context: WorkerContext): Promise<void> {
  const path = await resolveFilePath(metadata.path, context, true);
  const failure = (text: string): RefusedRequest => new RefusedRequest(500, "RUNTIME_ERROR", text);
  await makeDirectories(dirname(path)).catch((error: unknown) => {
    throw failure(`error creating target directory ${dirname(path)}. ${(error as Error).message}`);
  });
  const file = await openToWrite(path, NEW_FILE_MODE).catch((error: unknown) => {
    throw failure(`error opening destination file ${path}. open ${path}: ${errnoText(error)}`);
  });
  try {
    await fill(file, part);
  } catch (error) {
    throw failure(`error writing file ${path}. write ${path}: ${errnoText(error)}`);
  } finally {
    await file.close();
  }
  await applyPermission(path, metadata).catch((error: unknown) => {
    throw failure(`error chmoding file ${path}. ${(error as Error).message}`);
  });
}

async function fill(file: FileHandle, part: UploadPart): Promise<void> {
  await writeFile(file, "bytes" in part ? part.bytes : createReadStream(part.path, { highWaterMark: COPY_BYTES }));
  await file.sync();
}
