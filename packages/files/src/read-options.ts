import { InvalidArgumentError } from "@rxsandbox/transport";

/** Which part of a file to read: a byte range or lines, not both (`execd.md` 6.2). */
export interface ReadOptions {
  /** Value of a `Range` header, for example `bytes=0-9`. */
  readonly range?: string;
  /** First line, from 1. */
  readonly offset?: number;
  /** Number of lines, from 1. */
  readonly limit?: number;
  /** Bytes that may be held in memory; 64 MiB when absent. */
  readonly maxBytes?: number;
}

/** Read options for text. */
export interface ReadTextOptions extends ReadOptions {
  /** A label of `TextDecoder`; `utf-8` when absent. What it cannot decode becomes U+FFFD; a byte order mark is dropped. */
  readonly encoding?: string;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** Copies read options, or throws with the name of the wrong one. */
export function readReadOptions({ range, offset, limit, maxBytes }: ReadOptions): ReadOptions & { readonly maxBytes: number } {
  if (range !== undefined && (typeof range !== "string" || !/^bytes=(?:\d+-\d*|-\d+)$/.test(range))) throw new InvalidArgumentError("range", "must be one byte range, for example bytes=0-9");
  if (range !== undefined && (offset !== undefined || limit !== undefined)) throw new InvalidArgumentError("range", "excludes offset and limit");
  return {
    ...(range !== undefined && { range }),
    ...(offset !== undefined && { offset: readCount("offset", offset) }),
    ...(limit !== undefined && { limit: readCount("limit", limit) }),
    maxBytes: maxBytes === undefined ? DEFAULT_MAX_BYTES : readCount("maxBytes", maxBytes),
  };
}

function readCount(argument: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw new InvalidArgumentError(argument, "must be an integer from 1");
  return value as number;
}
