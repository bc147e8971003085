import type { IncomingMessage } from "node:http";
import { holdBytes } from "../shared/forwarding/held-bodies.js";
import { RefusedChange } from "./refused-change.js";

/**
 * Reads a body up to 1 MiB, drops the rest in silence, and trims it (`egress.md` 1, Request body limit). Rejects with a
 * 503 when the server holds too much.
 */
export async function readLimitedBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let left = LIMIT_BYTES;
  let isRefused = false;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    // What is beyond the limit is still read, so that the connection stays usable.
    const kept = chunk.subarray(0, left);
    left -= kept.length;
    isRefused ||= !holdBytes(request, kept.length);
    if (!isRefused) chunks.push(kept);
    else chunks.length = 0;
  }
  if (isRefused) throw new RefusedChange(503, "too many request bodies at once; try again later");
  return Buffer.concat(chunks).toString("utf8").trim();
}

const LIMIT_BYTES = 1024 * 1024;
