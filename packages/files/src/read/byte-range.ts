import { InvalidArgumentError } from "@rxsandbox/transport";

/** A part of a file in bytes: from `start` on, `length` of them or to the end, or the `last` ones. */
export type ByteRange = { readonly start: number; readonly length?: number } | { readonly last: number };

/** A byte range with inclusive ends, as a `Range` header has it. */
export type AskedRange = { readonly first: number; readonly end: number | undefined } | { readonly last: number };

/** Reads a range, or throws: what the daemon does with a malformed one differs from call to call (`execd.md` 6.2). */
export function readRange(argument: string, value: unknown): AskedRange {
  const range =
    typeof value === "string"
      ? parseHeader(value)
      : typeof value === "object" && value !== null
        ? fromObject(value)
        : undefined;
  if (range === undefined)
    throw new InvalidArgumentError(
      argument,
      'must be one byte range, for example "bytes=0-9" or { start: 0, length: 10 }',
    );
  return range;
}

/** The value of the `Range` header. */
export function formatRange(range: AskedRange): string {
  return "last" in range ? `bytes=-${range.last}` : `bytes=${range.first}-${range.end ?? ""}`;
}

function parseHeader(text: string): AskedRange | undefined {
  const [, first = "", end = "", last = ""] = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec(text) ?? [];
  if (last !== "") return isCount(Number(last), 1) ? { last: Number(last) } : undefined;
  if (first === "" || !isCount(Number(first), 0)) return undefined;
  if (end === "") return { first: Number(first), end: undefined };
  return isCount(Number(end), Number(first)) ? { first: Number(first), end: Number(end) } : undefined;
}

function fromObject(value: object): AskedRange | undefined {
  const { start, length, last } = value as {
    readonly start?: unknown;
    readonly length?: unknown;
    readonly last?: unknown;
  };
  if (last !== undefined) return start === undefined && length === undefined && isCount(last, 1) ? { last } : undefined;
  if (!isCount(start, 0)) return undefined;
  if (length === undefined) return { first: start, end: undefined };
  return isCount(length, 1) && isCount(start + length, 1) ? { first: start, end: start + length - 1 } : undefined;
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
