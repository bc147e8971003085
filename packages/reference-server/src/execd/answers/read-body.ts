import type { IncomingMessage } from "node:http";

import { collectBody, RefusedBody } from "../../shared/forwarding/held-bodies.js";
import { RefusedRequest } from "./answer.js";

/** What the worker keeps of one request body in memory; uploads and proxied bodies are streamed instead. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Collects a request body.
 *
 * Rejects when the connection breaks, with the daemon's wording when the body exceeds {@link MAX_BODY_BYTES}, and with
 * a 503 when the bodies of all requests do.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  try {
    return await collectBody(request, MAX_BODY_BYTES);
  } catch (error) {
    if (!(error instanceof RefusedBody)) throw error;
    if (error.reason === "too-large") throw new Error(`http: ${error.message}`, { cause: error });
    throw new RefusedRequest(503, "RUNTIME_ERROR", error.message);
  }
}
