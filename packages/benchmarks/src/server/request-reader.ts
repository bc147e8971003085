/** One HTTP/1.1 request as the bench server sees it. */
export interface BenchRequest {
  readonly method: string;
  /** Path with query. */
  readonly target: string;
  readonly body: string;
}

/**
 * Cuts the bytes of one connection into requests with a body of announced or chunked length.
 *
 * By hand, because `node:http` would be the bottleneck of the request rows. One request at a time: no client here
 * pipelines.
 */
export function requestReader(onRequest: (request: BenchRequest) => void): (bytes: Buffer) => void {
  let pending = "";
  return (bytes) => {
    // latin1 keeps one character per byte; request bodies of the benchmarks are ASCII.
    pending += bytes.toString("latin1");
    for (;;) {
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = pending.slice(0, headEnd);
      const body = readBody(head, pending, headEnd + 4);
      if (body === undefined) return;
      pending = pending.slice(body.end);
      const [method = "", target = ""] = head.slice(0, head.indexOf("\r\n")).split(" ");
      onRequest({ method, target, body: body.text });
    }
  };
}

function readBody(
  head: string,
  bytes: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return readChunks(bytes, start);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  const end = start + length;
  return bytes.length < end ? undefined : { text: bytes.slice(start, end), end };
}

function readChunks(bytes: string, start: number): { readonly text: string; readonly end: number } | undefined {
  let text = "";
  let position = start;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.slice(position, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return undefined;
    if (size === 0) return { text, end };
    text += bytes.slice(lineEnd + 2, end - 2);
    position = end;
  }
}
