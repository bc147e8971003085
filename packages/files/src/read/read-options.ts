import { InvalidArgumentError } from "@rxsandbox/transport";
import { integerFrom, readOptions, readText, type ReadFields } from "@rxsandbox/transport/calls";
import { readRange, type AskedRange, type ByteRange } from "./byte-range.js";

/** Which part of a file to read: a byte range or lines, not both (`execd.md` 6.2). */
export interface ReadStreamOptions {
  /**
   * A byte range, or the value of a `Range` header: `bytes=0-9`. A range beyond the end fails with `limit-exceeded`.
   */
  readonly range?: ByteRange | string;
  /** First line, from 1. Lines come joined with LF, without CR at their ends and without a final newline. */
  readonly offset?: number;
  /** Number of lines, from 1. */
  readonly limit?: number;
  /**
   * Times that a connection which breaks in the middle is replaced by another, from the byte reached; 5 when absent, 0
   * never. Lines are not resumed.
   */
  readonly maxResumes?: number;
}

/** Read options for what is held in memory. */
export interface ReadOptions extends ReadStreamOptions {
  /** Bytes that may be held in memory; 64 MiB when absent. */
  readonly maxBytes?: number;
}

/** Read options for text. */
export interface ReadTextOptions extends ReadOptions {
  /**
   * A label of `TextDecoder`; `utf-8` when absent. What it cannot decode becomes U+FFFD; a byte order mark is dropped.
   */
  readonly encoding?: string;
}

/** Read options for consumers that say when they want more. */
export interface DownloadOptions extends ReadStreamOptions {
  /** Bytes that may wait for the consumer before the connection is paused; 1 MiB when absent. */
  readonly highWaterMark?: number;
}

/** What to read, checked. */
export interface ReadRequest {
  readonly path: string;
  readonly range: AskedRange | undefined;
  readonly offset: number | undefined;
  readonly limit: number | undefined;
  readonly maxResumes: number;
}

const DEFAULT_MAX_RESUMES = 5;
const DEFAULT_HIGH_WATER_MARK = 1024 * 1024;

/** The checks of what every read takes. */
export const partReads = {
  range: readRange,
  offset: integerFrom(1),
  limit: integerFrom(1),
  maxResumes: integerFrom(0),
};

/** Copies the options of a consumer that says when it wants more, with the default for what may wait. */
export function readDownloadOptions(
  options: DownloadOptions,
): ReadFields<typeof partReads> & { readonly highWaterMark: number } {
  const { highWaterMark = DEFAULT_HIGH_WATER_MARK, ...part } = readOptions(options, {
    ...partReads,
    highWaterMark: integerFrom(1),
  });
  return { ...part, highWaterMark };
}

/** Puts together what to read; throws for options that exclude each other. */
export function readRequest(
  path: string,
  { range, offset, limit, maxResumes = DEFAULT_MAX_RESUMES }: ReadFields<typeof partReads>,
): ReadRequest {
  if (range !== undefined && (offset !== undefined || limit !== undefined))
    throw new InvalidArgumentError("range", "excludes offset and limit");
  return { path: readText("path", path), range, offset, limit, maxResumes };
}
