/**
 * A `fetch` that asks for event streams, and has a blank line after each of their lines.
 *
 * The official parser takes each line for a frame, so fakes that were written for it leave blank lines out. No frame of
 * a daemon spans lines, and further blank lines mean nothing.
 */
export function lineFrames(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (request.method === "POST") request.headers.set("accept", "text/event-stream");
    const response = await fetch(request);
    const isEvents = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (!isEvents || response.body === null) return response;
    const framed = new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => controller.enqueue(doubled(bytes)),
      // The last line may lack its end.
      flush: (controller) => controller.enqueue(doubled(END)),
    });
    return new Response(response.body.pipeThrough(framed), { status: response.status, headers: response.headers });
  };
}

const LF = 0x0a;
const END = new Uint8Array([LF]);

/** Each line feed twice. */
function doubled(bytes: Uint8Array): Uint8Array {
  const lines = bytes.reduce((count, byte) => count + (byte === LF ? 1 : 0), 0);
  const result = new Uint8Array(bytes.length + lines);
  let at = 0;
  for (const byte of bytes) {
    result[at++] = byte;
    if (byte === LF) result[at++] = LF;
  }
  return result;
}
