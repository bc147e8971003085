import type { Observable } from "rxjs";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import {
  createDirectories,
  deletePaths,
  moveFiles,
  setPermissions,
  type DirectoryEntry,
  type MoveEntry,
  type PermissionEntry,
} from "./change/change-paths.js";
import {
  replaceContents,
  replaceContentsDetailed,
  type ReplacedContent,
  type ReplaceEntry,
} from "./change/replace-contents.js";
import type { FileInfo } from "./inspect/file-info.js";
import {
  getFileInfo,
  listDirectory,
  searchFiles,
  type ListDirectoryOptions,
  type SearchOptions,
} from "./inspect/inspect-files.js";
import type { ByteSink } from "./read/byte-sink.js";
import { download, iterateBytes, readBytesStream } from "./read/download.js";
import { readBytes, readFile } from "./read/read-bytes.js";
import type { DownloadOptions, ReadOptions, ReadStreamOptions, ReadTextOptions } from "./read/read-options.js";
import type { TransferProgress } from "./transfer-progress.js";
import { upload, writeFiles, type WriteOptions } from "./write/upload.js";
import type { WriteEntry } from "./write/write-entry.js";

/**
 * The files of one sandbox (`execd.md` 6). Paths may be relative to the daemon's working directory; `$NAME` and a
 * leading `~` are expanded there.
 *
 * Unsubscribing aborts a call, which may have taken effect by then or not; deletions are carried through.
 *
 * @example
 * await firstValueFrom(sandbox.files.writeFiles([{ path: "/tmp/note.txt", data: "hello", mode: 600 }]));
 * const text = await firstValueFrom(sandbox.files.readFile("/tmp/note.txt"));
 * text; // => "hello"
 */
export interface Files {
  /**
   * Emits the text of a file. A missing file fails with `not-found` (server code `FILE_NOT_FOUND`). Bounds: `maxBytes`.
   */
  readFile(path: string, options?: ReadTextOptions): Observable<string>;
  /**
   * Emits the bytes of a file. A missing file fails with `not-found` (server code `FILE_NOT_FOUND`). Bounds:
   * `maxBytes`.
   */
  readBytes(path: string, options?: ReadOptions): Observable<Uint8Array>;
  /**
   * Emits the bytes of a file chunk by chunk, as they arrive; each chunk is the subscriber's to keep.
   *
   * Errors as all reads do: `not-found`; `limit-exceeded` for a range beyond the end; `network` or `timeout` when a
   * connection breaks and cannot be replaced; `FileChangedError` when it could, but the file is not the same any more.
   * Bounds: one chunk. A subscriber that works synchronously slows the connection down by itself; for others there is
   * `iterateBytes`.
   */
  readBytesStream(path: string, options?: ReadStreamOptions): Observable<Uint8Array>;
  /**
   * The pull form of `readBytesStream`. Bounds: at `highWaterMark` waiting bytes the connection is paused. Leaving the
   * loop stops the download.
   */
  iterateBytes(path: string, options?: DownloadOptions): AsyncIterable<Uint8Array>;
  /**
   * Hands the bytes of a file to `sink` and emits how far it is: once at the beginning, then after each chunk that the
   * sink took.
   *
   * Completes when the sink has taken all, and is closed. Errors as `readBytesStream`, or with what the sink threw.
   * Unsubscribe closes the connection and aborts the sink. Bounds: at `highWaterMark` waiting bytes the connection is
   * paused.
   */
  download(path: string, sink: ByteSink, options?: DownloadOptions): Observable<TransferProgress>;
  /**
   * Writes files in one request, in order and not atomically; parents are made, modes of files that exist are kept
   * unless given.
   *
   * Text, bytes, Blobs, streams, iterables and Observables alike are sent while they are read; where the platform
   * cannot do that, as no browser can, streams are read into memory first. Errors with what a source threw;
   * `limit-exceeded` beyond `maxBufferedBytes`; `invalid-argument` for a source that is not as large as its `size`
   * says, or that an earlier call has read. The server never takes a form that broke off for a whole one. Unsubscribe
   * aborts the request and gives up the sources; files before the one under way may have been written. Bounds: one
   * piece of a source that can be read at will, `maxBufferedBytes` of others.
   */
  writeFiles(entries: readonly WriteEntry[], options?: WriteOptions): Observable<void>;
  /**
   * The same, and emits how far it is: at the beginning, after each piece that the connection took, and when the server
   * has written all.
   */
  upload(entries: readonly WriteEntry[], options?: WriteOptions): Observable<TransferProgress>;
  /**
   * Emits what the paths name, by requested path; the first that is missing fails with `not-found`. Links are not
   * followed.
   */
  getFileInfo(paths: readonly string[]): Observable<Readonly<Record<string, FileInfo>>>;
  /**
   * Emits the entries of a directory in name order, with `depth` above 1 each directory before what is in it. Links are
   * listed and not followed.
   */
  listDirectory(options: ListDirectoryOptions): Observable<readonly FileInfo[]>;
  /** Emits files and links below a directory, in lexical order. */
  search(options: SearchOptions): Observable<readonly FileInfo[]>;
  /**
   * Makes directories and their parents; mode 755 when absent, applied to new ones only. A path that comes twice
   * throws.
   */
  createDirectories(entries: readonly DirectoryEntry[]): Observable<void>;
  /**
   * Deletes directories with all that is in them, plain files too; missing ones are success. Unsubscribing does not
   * cancel it.
   */
  deleteDirectories(paths: readonly string[]): Observable<void>;
  /** Deletes files; missing ones are success, a directory is an error. Unsubscribing does not cancel it. */
  deleteFiles(paths: readonly string[]): Observable<void>;
  /**
   * Moves files and directories in order, not atomically; parents of the new path are made. A `dest` that exists fails
   * with `server-error`.
   */
  moveFiles(entries: readonly MoveEntry[]): Observable<void>;
  /**
   * Changes modes, owners and groups, in no order and not atomically. A missing file fails with `server-error`. A path
   * that comes twice throws.
   */
  setPermissions(entries: readonly PermissionEntry[]): Observable<void>;
  /**
   * Replaces every occurrence of a text in files, in no order and not atomically; none is success. A path that comes
   * twice throws.
   */
  replaceContents(entries: readonly ReplaceEntry[]): Observable<void>;
  /** The same, and emits how many were replaced in each file, in the order of the entries. */
  replaceContentsDetailed(entries: readonly ReplaceEntry[]): Observable<readonly ReplacedContent[]>;
}

/** Creates the calls. */
export function createFiles(connection: SandboxConnection): Files {
  return {
    readFile: (path, options) => readFile(connection, path, options),
    readBytes: (path, options) => readBytes(connection, path, options),
    readBytesStream: (path, options) => readBytesStream(connection, path, options),
    iterateBytes: (path, options) => iterateBytes(connection, path, options),
    download: (path, sink, options) => download(connection, path, sink, options),
    writeFiles: (entries, options) => writeFiles(connection, entries, options),
    upload: (entries, options) => upload(connection, entries, options),
    getFileInfo: (paths) => getFileInfo(connection, paths),
    listDirectory: (options) => listDirectory(connection, options),
    search: (options) => searchFiles(connection, options),
    createDirectories: (entries) => createDirectories(connection, entries),
    deleteDirectories: (paths) => deletePaths(connection, "directories", paths),
    deleteFiles: (paths) => deletePaths(connection, "files", paths),
    moveFiles: (entries) => moveFiles(connection, entries),
    setPermissions: (entries) => setPermissions(connection, entries),
    replaceContents: (entries) => replaceContents(connection, entries),
    replaceContentsDetailed: (entries) => replaceContentsDetailed(connection, entries),
  };
}
