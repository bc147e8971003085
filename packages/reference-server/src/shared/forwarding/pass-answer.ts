import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";

/**
 * Passes an answer on as it arrives, with these headers, name and value in turn. A cut on either side ends the other.
 */
export function passAnswer(answer: IncomingMessage, response: ServerResponse, headers: readonly string[]): void {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, [...headers]);
  response.flushHeaders();
  // A cut answer stays cut; there is nobody left to tell.
  pipeline(answer, response, () => {});
}
