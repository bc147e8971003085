import type { IncomingMessage } from "node:http";

/** What the worker keeps of a request body in memory; uploads and proxied bodies are streamed instead. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Collects a request body.
 *
 * Rejects when the connection breaks, and with the daemon's wording when the body exceeds {@link MAX_BODY_BYTES}.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error("http: request body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
