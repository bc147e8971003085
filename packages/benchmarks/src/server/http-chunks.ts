const crlf = Buffer.from("\r\n");

/** The end of a chunked body. */
export const LAST_CHUNK: Buffer = Buffer.from("0\r\n\r\n");

/** Encodes each part as one HTTP chunk and joins them. */
export function httpChunks(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, crlf]));
}

/** Cuts bytes into parts of one size; the last one may be shorter. */
export function slices(bytes: Buffer, size: number): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) parts.push(bytes.subarray(offset, offset + size));
  return parts;
}
