import { InvalidArgumentError } from "@rxsandbox/transport";
import { readCount } from "../read-count.js";
import { readObject } from "../read-object.js";
import { readRange, type AskedRange, type ByteRange } from "./byte-range.js";

/** Which part of a file to read: a byte range or lines, not both (`execd.md` 6.2). */
export interface ReadStreamOptions {
  /** A byte range, or the value of a `Range` header: `bytes=0-9`. A range beyond the end errors `limit-exceeded`. */
  readonly range?: ByteRange | string;
  /** First line, from 1. Lines come joined with LF, without CR at their ends and without a final newline. */
  readonly offset?: number;
  /** Number of lines, from 1. */
  readonly limit?: number;
  /** Times that a connection which breaks in the middle is replaced by another, from the byte reached; 5 when absent, 0 never. Lines are not resumed. */
  readonly maxResumes?: number;
}

/** Read options for what is held in memory. */
export interface ReadOptions extends ReadStreamOptions {
  /** Bytes that may be held in memory; 64 MiB when absent. */
  readonly maxBytes?: number;
}

/** Read options for text. */
export interface ReadTextOptions extends ReadOptions {
  /** A label of `TextDecoder`; `utf-8` when absent. What it cannot decode becomes U+FFFD; a byte order mark is dropped. */
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

/** Copies what says which part to read, or throws with the name of the wrong option. */
export function readRequest(path: string, options: ReadStreamOptions): ReadRequest {
  const { range, offset, limit, maxResumes } = readObject<ReadStreamOptions>("options", options);
  if (range !== undefined && (offset !== undefined || limit !== undefined))
    throw new InvalidArgumentError("range", "excludes offset and limit");
  return {
    path,
    range: range === undefined ? undefined : readRange(range),
    offset: readCount("offset", offset),
    limit: readCount("limit", limit),
    maxResumes: readCount("maxResumes", maxResumes, 0) ?? DEFAULT_MAX_RESUMES,
  };
}
