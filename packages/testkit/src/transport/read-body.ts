import type { RequestBody } from "@rxsandbox/transport";

/**
 * Reads a body that comes in pieces, as sending it would; `undefined` when there is nothing to wait for. Stops when
 * told so.
 */
export function readBody(
  body: RequestBody | undefined,
  receive: (bytes: Uint8Array) => void,
  isOver: () => boolean,
): Promise<void> | undefined {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) return undefined;
  if (body instanceof Blob) return body.arrayBuffer().then((buffer) => receive(new Uint8Array(buffer)));
  return drain(body, receive, isOver);
}

async function drain(
  body: AsyncIterable<Uint8Array>,
  receive: (bytes: Uint8Array) => void,
  isOver: () => boolean,
): Promise<void> {
  for await (const bytes of body) {
    // Leaving the loop returns the iterator: the source is told that nobody reads on.
    if (isOver()) return;
    receive(bytes);
  }
}
