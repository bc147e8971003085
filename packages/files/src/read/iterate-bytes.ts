import type { FilesContext } from "../files-context.js";
import { readCount } from "../read-count.js";
import { readPath } from "../read-path.js";
import { fileParts } from "./file-parts.js";
import { pulledBytes } from "./pulled-bytes.js";
import { readRequest, type DownloadOptions } from "./read-options.js";

/** Bytes that wait at most before the connection is paused. */
export const DEFAULT_HIGH_WATER_MARK: number = 1024 * 1024;

/** Reads a file, or a part of it, as fast as the consumer asks; each iterator is a download of its own. */
export function iterateBytes(
  { api, scope }: FilesContext,
  path: string,
  options: DownloadOptions = {},
): AsyncIterable<Uint8Array> {
  const parts = fileParts(api, readRequest(readPath("path", path), options));
  const highWaterMark = readCount("highWaterMark", options.highWaterMark) ?? DEFAULT_HIGH_WATER_MARK;
  return { [Symbol.asyncIterator]: () => pulledBytes(scope.guard(parts), highWaterMark) };
}
