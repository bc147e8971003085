import type { IncomingMessage, ServerResponse } from "node:http";

/** So much of each request is held in any case: large bodies must not keep others from their small ones. */
const FREE_BYTES = 16 * 1024;

/** Why a body is not held: it is too large itself, or all that are held at once are. */
export class RefusedBody extends Error {
  override readonly name: string = "RefusedBody";
  readonly reason: "too-large" | "too-many";

  constructor(reason: RefusedBody["reason"]) {
    super(reason === "too-large" ? "request body too large" : "too many request bodies at once; try again later");
    this.reason = reason;
  }
}

interface Share {
  readonly pool: { left: number };
  held: number;
}

const shares = new WeakMap<IncomingMessage, Share>();

/** Makes the share of a new request in a bound that all requests of a server have together; it ends with the answer. */
export function shareBytes(maxBytes: number): (request: IncomingMessage, response: ServerResponse) => void {
  const pool = { left: maxBytes };
  return (request, response) => {
    const share: Share = { pool, held: 0 };
    shares.set(request, share);
    response.once("close", () => {
      pool.left += countedOf(share.held);
      share.held = 0;
      shares.delete(request);
    });
  };
}

/**
 * Takes memory for more of a request's body; false when it may not be held. A request of a server without a bound holds
 * what it wants.
 */
export function holdBytes(request: IncomingMessage, count: number): boolean {
  const share = shares.get(request);
  if (share === undefined) return true;
  const more = countedOf(share.held + count) - countedOf(share.held);
  if (more > share.pool.left) return false;
  share.pool.left -= more;
  share.held += count;
  return true;
}

/**
 * Collects the body of a request. Rejects with {@link RefusedBody} for more than `maxBytes`, or when the server holds
 * too much; the rest is then read and dropped, so that the client gets its answer. Rejects with what broke the
 * connection otherwise.
 */
export function collectBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    const fail = (error: Error): void => {
      request.off("data", onData);
      chunks = [];
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= maxBytes && holdBytes(request, chunk.length)) return;
      fail(new RefusedBody(length > maxBytes ? "too-large" : "too-many"));
      request.resume();
    };
    request.on("data", onData);
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", fail);
    request.once("close", () => fail(new Error("the connection was closed")));
  });
}

function countedOf(bytes: number): number {
  return Math.max(0, bytes - FREE_BYTES);
}
