import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

import { readFileStream } from "../files/open-file.js";

/**
 * Streams the bytes from `start` up to but not including `end` of a file as the rest of an answer whose headers are
 * set.
 *
 * Resolves also when the client hangs up or the file turns out shorter: the answer is then cut, and says so by its
 * framing.
 */
export async function sendFile(response: ServerResponse, path: string, start: number, end: number): Promise<void> {
  if (end <= start) {
    response.end();
    return;
  }
  // A failure here destroys the response, which is all that can still be told to the client.
  await pipeline(readFileStream(path, { start, end: end - 1 }), response).catch(() => {});
}
