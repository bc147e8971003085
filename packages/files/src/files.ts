import { map, type Observable } from "rxjs";
import { InvalidArgumentError, ProtocolError, carryThrough, type Api, type Scope } from "@rxsandbox/transport";
import { download } from "./download.js";
import { parseFileInfo, type FileInfo } from "./file-info.js";
import { encodeForm } from "./multipart.js";
import { readPermission, type Permission } from "./permission.js";
import { readReadOptions, type ReadOptions, type ReadTextOptions } from "./read-options.js";
import { readEntries, readPath, readPaths } from "./read-path.js";
import { toFormParts, type WriteEntry } from "./write-entry.js";

const DEFAULT_DIRECTORY_MODE = 755;
/** Of the paths in a report about a deletion that failed after its subscriber had left. */
const MAX_SUBJECT_LENGTH = 200;
const UPLOAD_IDLE_TIMEOUT_MS = 30_000;

/** One directory to make. */
export interface DirectoryEntry extends Permission {
  readonly path: string;
}

/** Where and what to search. */
export interface SearchOptions {
  /** Directory to begin at. */
  readonly path: string;
  /** Matched against the base name (`execd.md` 6): `*.ts`, not `src/*.ts`; everything when absent. */
  readonly pattern?: string;
}

/** What file calls are built on. */
export interface FilesOptions {
  /** The daemon of one sandbox: logical port 44772. */
  readonly api: Api;
  readonly scope: Pick<Scope, "guard" | "cleanup">;
}

/**
 * The files of one sandbox (`execd.md` 6). Paths may be relative to the daemon's working directory; `$NAME` and a leading `~` are expanded there.
 *
 * @example
 * await firstValueFrom(sandbox.files.writeFiles([{ path: "/tmp/note.txt", data: "hello", mode: 600 }]));
 * const text = await firstValueFrom(sandbox.files.readFile("/tmp/note.txt"));
 * text; // => "hello"
 */
export interface Files {
  /** Emits the text of a file. A missing file errors `not-found` with `FILE_NOT_FOUND`. Bounds: `maxBytes`. */
  readFile(path: string, options?: ReadTextOptions): Observable<string>;
  /** Emits the bytes of a file. A missing file errors `not-found` with `FILE_NOT_FOUND`. Bounds: `maxBytes`. */
  readBytes(path: string, options?: ReadOptions): Observable<Uint8Array>;
  /** Writes files in one request, in order and not atomically; parents are made. Bounds: the whole form is held in memory. */
  writeFiles(entries: readonly WriteEntry[]): Observable<void>;
  /** Emits what the paths name, by requested path; the first that is missing errors `not-found`. Links are not followed. */
  getFileInfo(paths: readonly string[]): Observable<Readonly<Record<string, FileInfo>>>;
  /** Deletes files; missing ones are success, a directory is an error. Unsubscribing does not take it back. */
  deleteFiles(paths: readonly string[]): Observable<void>;
  /** Makes directories and their parents; mode 755 when absent, applied to new ones only. */
  createDirectories(entries: readonly DirectoryEntry[]): Observable<void>;
  /** Emits files and links below a directory, in lexical order. */
  search(options: SearchOptions): Observable<readonly FileInfo[]>;
}

/** Creates the calls. */
export function createFiles({ api, scope }: FilesOptions): Files {
  return {
    readFile: (path, options = {}) => {
      const encoding = options.encoding ?? "utf-8";
      newDecoder(encoding);
      const bytes = download(api, readPath("path", path), readReadOptions(options));
      return scope.guard(bytes.pipe(map((content) => newDecoder(encoding).decode(content))));
    },
    readBytes: (path, options = {}) => scope.guard(download(api, readPath("path", path), readReadOptions(options))),
    writeFiles: (entries) => {
      const { contentType, body } = encodeForm(readEntries("entries", entries).flatMap((entry, index) => toFormParts(`entries[${index}]`, entry)));
      return scope.guard(
        api.empty({ what: "Write files", method: "POST", path: "/files/upload", headers: { "content-type": contentType }, body, timeoutMs: null, idleTimeoutMs: UPLOAD_IDLE_TIMEOUT_MS }),
      );
    },
    getFileInfo: (paths) => {
      const path = readPaths("paths", paths);
      return scope.guard(api.json({ what: "Get file info", method: "GET", path: "/files/info", query: { path } }, parseFileMap));
    },
    deleteFiles: (paths) => {
      const path = readPaths("paths", paths);
      const deletion = api.empty({ what: "Delete files", method: "DELETE", path: "/files", query: { path } });
      return scope.guard(carryThrough(deletion, scope, { kind: "file", id: path.join(", ").slice(0, MAX_SUBJECT_LENGTH) }));
    },
    createDirectories: (entries) => {
      const json = Object.fromEntries(readEntries("entries", entries).map((entry, index) => readDirectory(`entries[${index}]`, entry)));
      return scope.guard(api.empty({ what: "Create directories", method: "POST", path: "/directories", json, idempotent: true }));
    },
    search: (options) => {
      const { path, pattern } = options;
      const query = { path: readPath("path", path), ...(pattern !== undefined && { pattern: readPath("pattern", pattern) }) };
      return scope.guard(api.json({ what: "Search files", method: "GET", path: "/files/search", query }, parseFileList));
    },
  };
}

function newDecoder(encoding: string): { decode(bytes: Uint8Array): string } {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw new InvalidArgumentError("encoding", "is not known to TextDecoder");
  }
}

function readDirectory(argument: string, entry: unknown): readonly [string, Permission] {
  if (typeof entry !== "object" || entry === null) throw new InvalidArgumentError(argument, "must be an object");
  const { path, ...permission } = entry as DirectoryEntry;
  return [readPath(`${argument}.path`, path), { mode: DEFAULT_DIRECTORY_MODE, ...readPermission(argument, permission) }];
}

function parseFileMap(value: unknown): Readonly<Record<string, FileInfo>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ProtocolError("The answer holds no map of files [protocol]");
  return Object.fromEntries(Object.entries(value).map(([path, file]) => [path, parseFileInfo(file)]));
}

function parseFileList(value: unknown): readonly FileInfo[] {
  if (!Array.isArray(value)) throw new ProtocolError("The answer holds no list of files [protocol]");
  return value.map(parseFileInfo);
}
