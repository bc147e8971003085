export { createFiles, type Files } from "./files.js";
export type {
  SandboxConnection,
  /** @deprecated Use `SandboxConnection`. */
  SandboxConnection as FilesContext,
} from "@rxsandbox/transport/calls";
export type { DirectoryEntry, MoveEntry, PermissionEntry } from "./change/change-paths.js";
export type { Permission } from "./change/permission.js";
export type { ReplaceEntry, ReplacedContent } from "./change/replace-contents.js";
export type { FileInfo } from "./inspect/file-info.js";
export type { ListDirectoryOptions, SearchOptions } from "./inspect/inspect-files.js";
export type { FileData } from "./write/file-data.js";
export type { WriteOptions } from "./write/upload.js";
export type { WriteEntry } from "./write/write-entry.js";
export type { ByteRange } from "./read/byte-range.js";
export type { ByteSink } from "./read/byte-sink.js";
export { FileChangedError } from "./read/file-changed-error.js";
export type { DownloadOptions, ReadOptions, ReadStreamOptions, ReadTextOptions } from "./read/read-options.js";
export type { TransferProgress } from "./transfer-progress.js";
