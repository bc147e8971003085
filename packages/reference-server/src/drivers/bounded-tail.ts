import type { Readable } from "node:stream";

/** Keeps the last `maxBytes` of a stream as text, for a diagnostic message; the stream never stalls. */
export function boundedTail(stream: Readable, maxBytes = 8192): () => string {
  let tail = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]);
    if (tail.length > maxBytes) tail = tail.subarray(tail.length - maxBytes);
  });
  // A broken diagnostic pipe says nothing about the sandbox.
  stream.on("error", () => {});
  return () => tail.toString("utf8").trim();
}
