import { byteScript, faults, type ByteScript, type HttpAnswer, type RouteScript } from "@rxsandbox/testkit";

export interface ServedFile {
  /** The content at the given call; the same for all where it is bytes. */
  readonly content: Uint8Array | ((call: number) => Uint8Array);
  readonly lastModified?: string | ((call: number) => string);
  /** Bytes after which the first, second, … answer with content breaks; later ones do not. */
  readonly cuts?: readonly number[];
  readonly fault?: (script: ByteScript, offset: number) => ByteScript;
  /** Size of the chunks. */
  readonly chunkBytes?: number;
}

/** When the first answer of {@link servedFile} is given, and what it was modified at unless told otherwise. */
export const SERVED_DATE = "Mon, 23 Nov 2026 07:05:53 GMT";
export const SERVED_MODIFIED = "Mon, 23 Nov 2026 07:03:15 GMT";

/**
 * Answers downloads of one file as `execd.md` 6.2 says: a range has no `Last-Modified`, an empty file no range.
 *
 * Probes, which are plain downloads after the first call, are served whole: whoever wants the head alone leaves.
 */
export function servedFile({
  content,
  lastModified = SERVED_MODIFIED,
  cuts = [],
  fault = faults.reset,
  chunkBytes = 16,
}: ServedFile): RouteScript {
  let given = 0;
  return (request, call) => {
    const bytes = typeof content === "function" ? content(call) : content;
    const range = request.headers["range"];
    const isProbe = call > 0 && range === undefined;
    const answer = (part: Uint8Array, head: HttpAnswer): HttpAnswer => {
      const script = faults.chunksOf(byteScript(part), chunkBytes);
      const cut = isProbe ? undefined : cuts[given];
      if (!isProbe) given += 1;
      const body = cut === undefined ? script : fault(script, cut);
      return { ...head, headers: { "content-length": String(part.length), date: SERVED_DATE, ...head.headers }, body };
    };
    const whole: HttpAnswer = {
      headers: {
        "last-modified": typeof lastModified === "function" ? lastModified(call) : lastModified,
        "accept-ranges": "bytes",
      },
    };
    if (range === undefined || bytes.length === 0) return answer(bytes, whole);
    const [first = "", end = ""] = range.replace("bytes=", "").split("-");
    const start = first === "" ? Math.max(0, bytes.length - Number(end)) : Number(first);
    const stop = first === "" || end === "" ? bytes.length - 1 : Math.min(Number(end), bytes.length - 1);
    if (start > stop)
      return {
        status: 416,
        headers: { "content-range": `bytes */${bytes.length}` },
        body: "invalid range: failed to overlap\n",
      };
    return answer(bytes.subarray(start, stop + 1), {
      status: 206,
      headers: { "content-range": `bytes ${start}-${stop}/${bytes.length}` },
    });
  };
}
