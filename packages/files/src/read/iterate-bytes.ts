import type { SandboxConnection } from "@rxsandbox/transport/calls";
import { fileParts } from "./file-parts.js";
import { pulledBytes } from "./pulled-bytes.js";
import { readDownloadOptions, readRequest, type DownloadOptions } from "./read-options.js";

/** Reads a file, or a part of it, as fast as the consumer asks; each iterator is a download of its own. */
export function iterateBytes(
  connection: SandboxConnection,
  path: string,
  options: DownloadOptions = {},
): AsyncIterable<Uint8Array> {
  const { highWaterMark, ...part } = readDownloadOptions(options);
  const parts = fileParts(connection, readRequest(path, part));
  return { [Symbol.asyncIterator]: () => pulledBytes(parts, highWaterMark) };
}
