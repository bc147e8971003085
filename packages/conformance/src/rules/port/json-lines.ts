/** Longest line of the port, in either direction. */
export const maxLineBytes = 64 * 1024 * 1024;

/** Cuts a stream into lines that end in LF. Bounds: one unfinished line of {@link maxLineBytes}, then `onTooLong`. */
export function lineReader(onLine: (line: Buffer) => void, onTooLong: () => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let length = 0;
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      length = 0;
      start = end + 1;
      onLine(line);
    }
    if (start === chunk.length) return;
    length += chunk.length - start;
    if (length > maxLineBytes) return onTooLong();
    parts.push(chunk.subarray(start));
  };
}

/**
 * Reads one line as a JSON object; `undefined` for everything else, a byte order mark and bytes that are not UTF-8
 * included.
 */
export function objectOfLine(line: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    // The caller tells what it was: no line of the port.
    return undefined;
  }
}
