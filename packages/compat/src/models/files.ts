export type FileEntryType = "file" | "directory" | "symlink" | "other";

export interface FileInfo extends Record<string, unknown> {
  path: string;
  type?: FileEntryType;
  size?: number;
  modifiedAt?: Date;
  createdAt?: Date;
  /** Octal digits read as a decimal number: 755. */
  mode?: number;
  owner?: string;
  group?: string;
}

export type FilesInfoResponse = Record<string, FileInfo>;

export type SearchFilesResponse = FileInfo[];

export interface WriteEntry {
  path: string;
  /** An empty file when absent. */
  data?: string | Uint8Array | ArrayBuffer | Blob | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;
  mode?: number;
  owner?: string;
  group?: string;
}

export interface SearchEntry {
  path: string;
  /** Matched against the base name. */
  pattern?: string;
}

export interface DirectoryListEntry {
  path: string;
  depth?: number;
}

export interface MoveEntry {
  src: string;
  dest: string;
}

export interface ContentReplaceEntry {
  path: string;
  oldContent: string;
  newContent: string;
}

export interface ContentReplaceResult {
  path: string;
  replacedCount: number;
}

export interface SetPermissionEntry {
  path: string;
  mode: number;
  owner?: string;
  group?: string;
}

/** Which part of a file: a `Range` header's value, or lines from 1. */
export interface ReadPart {
  range?: string;
  offset?: number;
  limit?: number;
}

/** Files of one sandbox. */
export interface SandboxFiles {
  getFileInfo(paths: string[]): Promise<Record<string, FileInfo>>;
  search(entry: SearchEntry): Promise<SearchFilesResponse>;
  listDirectory(entry: DirectoryListEntry): Promise<FileInfo[]>;
  createDirectories(entries: Pick<WriteEntry, "path" | "mode" | "owner" | "group">[]): Promise<void>;
  deleteDirectories(paths: string[]): Promise<void>;
  /** Writes in order and not atomically. */
  writeFiles(entries: WriteEntry[]): Promise<void>;
  /** What the encoding cannot say becomes U+FFFD; a byte order mark is dropped. */
  readFile(path: string, opts?: ReadPart & { encoding?: string }): Promise<string>;
  readBytes(path: string, opts?: ReadPart): Promise<Uint8Array>;
  /** The bytes as they come, in constant memory; leaving the loop ends the download. */
  readBytesStream(path: string, opts?: ReadPart): AsyncIterable<Uint8Array>;
  deleteFiles(paths: string[]): Promise<void>;
  moveFiles(entries: MoveEntry[]): Promise<void>;
  replaceContents(entries: ContentReplaceEntry[]): Promise<void>;
  replaceContentsDetailed(entries: ContentReplaceEntry[]): Promise<ContentReplaceResult[]>;
  setPermissions(entries: SetPermissionEntry[]): Promise<void>;
}

/** Permissions as the wire has them. */
export interface Permission extends Record<string, unknown> {
  /** Octal digits read as a decimal number: 755. */
  mode: number;
  owner?: string;
  group?: string;
}

/** What an upload says about a file, as the wire has it. */
export interface FileMetadata extends Record<string, unknown> {
  path: string;
  mode?: number;
  owner?: string;
  group?: string;
}

/** One move, as the wire has it. */
export interface RenameFileItem extends Record<string, unknown> {
  src: string;
  dest: string;
}

/** One replacement, as the wire has it. */
export interface ReplaceFileContentItem extends Record<string, unknown> {
  old: string;
  new: string;
}
