import type { FileInfo as ClientFileInfo, Files } from "@rxsandbox/client";
import { call } from "../call.js";
import { toException } from "../errors/to-exception.js";
import type { FileEntryType, FileInfo, SandboxFiles } from "../models/files.js";

/** The official SDK holds a whole file, whatever its size. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** Builds the files of one sandbox or isolated session; sends nothing. */
export function createFiles(files: Files): SandboxFiles {
  return {
    getFileInfo: async (paths) => {
      const infos = await call("Get file info", () => files.getFileInfo(paths));
      return Object.fromEntries(Object.entries(infos).map(([path, info]) => [path, toFileInfo(info)]));
    },
    search: async (entry) => (await call("Search files", () => files.search(entry))).map(toFileInfo),
    listDirectory: async (entry) => (await call("List directory", () => files.listDirectory(entry))).map(toFileInfo),
    createDirectories: (entries) => call("Create directories", () => files.createDirectories(entries)),
    deleteDirectories: (paths) => call("Delete directories", () => files.deleteDirectories(paths)),
    writeFiles: (entries) => call("Upload", () => files.writeFiles(entries)),
    readFile: (path, opts = {}) => call("Download", () => files.readFile(path, { ...opts, maxBytes: UNBOUNDED })),
    readBytes: (path, opts = {}) => call("Download", () => files.readBytes(path, { ...opts, maxBytes: UNBOUNDED })),
    readBytesStream: (path, opts = {}) => followBytes(() => files.iterateBytes(path, opts)),
    deleteFiles: (paths) => call("Delete files", () => files.deleteFiles(paths)),
    moveFiles: (entries) => call("Move files", () => files.moveFiles(entries)),
    replaceContents: (entries) => call("Replace contents", () => files.replaceContents(entries)),
    replaceContentsDetailed: async (entries) =>
      (await call("Replace contents", () => files.replaceContentsDetailed(entries))).map((result) => ({ ...result })),
    setPermissions: (entries) => call("Set permissions", () => files.setPermissions(entries)),
  };
}

const types: ReadonlySet<string> = new Set(["file", "directory", "symlink", "other"] satisfies FileEntryType[]);

function toFileInfo({ type, ...info }: ClientFileInfo): FileInfo {
  return { ...info, ...(type !== undefined && types.has(type) && { type: type as FileEntryType }) };
}

/** Passes bytes on; a wrong argument rejects at the first pull. Leaving the loop ends the download. */
export async function* followBytes(
  start: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* start();
  } catch (error) {
    throw toException(error, "Download stream");
  }
}
