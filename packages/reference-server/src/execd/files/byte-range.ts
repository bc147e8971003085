/** A part of a file, both ends inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header for a file of `size` bytes: the first range that overlaps it (`execd.md` 6.2).
 *
 * `"malformed"` when any range of the list is invalid, `"no-overlap"` when none overlaps.
 */
export function parseByteRange(header: string, size: number): ByteRange | "malformed" | "no-overlap" {
  if (!header.startsWith("bytes=")) return "malformed";
  const ranges: ByteRange[] = [];
  for (const text of header.slice("bytes=".length).split(",")) {
    if (text.trim() === "") continue;
    const match = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(text);
    const [, first = "", last = ""] = match ?? [];
    if (match === null || (first === "" && last === "")) return "malformed";
    if (first !== "" && last !== "" && Number(last) < Number(first)) return "malformed";
    const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
    const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
    if (start < size && end >= start) ranges.push({ start, end });
  }
  return ranges[0] ?? "no-overlap";
}
