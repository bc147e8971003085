import { constants, createReadStream, type ReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

// Files that a client names may be pipes. Opening one waits for its other end, and holds one of the daemon's four
// threads for file work as long as that takes, unless it is opened with O_NONBLOCK, which means nothing for regular
// files.
const READ = constants.O_RDONLY | constants.O_NONBLOCK;
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;

/** Reads a file, or the bytes from `start` to `end`, both included, without waiting for whoever writes a pipe. */
export function readFileStream(
  path: string,
  range: { readonly start?: number; readonly end?: number } = {},
): ReadStream {
  // Numbers are taken as well as names, though the type does not say so.
  return createReadStream(path, { ...range, flags: READ as unknown as string });
}

/** Opens a file to write it again; rejects with `ENXIO` for a pipe that nobody reads. */
export function openToWrite(path: string, mode: number): Promise<FileHandle> {
  return open(path, WRITE, mode);
}
