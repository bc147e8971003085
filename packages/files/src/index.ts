export { createFiles, type Files, type FilesOptions, type DirectoryEntry, type SearchOptions } from "./files.js";
export type { FileInfo } from "./file-info.js";
export type { WriteEntry, FileData } from "./write-entry.js";
export type { ReadOptions, ReadTextOptions } from "./read-options.js";
export type { Permission } from "./permission.js";
