import type { IncomingMessage } from "node:http";

/** Reads a body up to 1 MiB, drops the rest in silence, and trims it (`egress.md` 1, Request body limit). */
export async function readLimitedBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let left = LIMIT_BYTES;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    // What is beyond the limit is still read, so that the connection stays usable.
    if (left > 0) chunks.push(chunk.subarray(0, left));
    left -= Math.min(left, chunk.length);
  }
  return Buffer.concat(chunks).toString("utf8").trim();
}

const LIMIT_BYTES = 1024 * 1024;
