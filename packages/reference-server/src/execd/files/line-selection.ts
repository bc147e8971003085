/**
 * Selects lines of a byte stream: from line `offset`, 1-based, at most `limit`; joined by LF, a CR before a line's end
 * removed, no final newline (`execd.md` 6.2).
 *
 * Bounds: passes bytes on as they come and never holds a line. Stops pulling when the last wanted line is complete.
 */
export async function* selectLines(
  chunks: AsyncIterable<Buffer>,
  offset: number,
  limit: number,
): AsyncGenerator<Buffer> {
  const last = offset + limit - 1;
  let line = 1;
  let isFirst = true;
  let isLineStart = true;
  let hasPendingCr = false;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const lf = chunk.indexOf(LF, at);
      const end = lf === -1 ? chunk.length : lf;
      if (line >= offset) {
        if (isLineStart && !isFirst) yield NEWLINE;
        isFirst = false;
        isLineStart = false;
        if (hasPendingCr && end > at) yield CARRIAGE_RETURN;
        if (end > at) hasPendingCr = chunk[end - 1] === CR;
        if (end > at) yield chunk.subarray(at, hasPendingCr ? end - 1 : end);
      }
      at = end + 1;
      if (lf === -1) break;
      line += 1;
      isLineStart = true;
      hasPendingCr = false;
      if (line > last) return;
    }
  }
}

const LF = 0x0a;
const CR = 0x0d;
const NEWLINE = Buffer.from("\n");
const CARRIAGE_RETURN = Buffer.from("\r");
