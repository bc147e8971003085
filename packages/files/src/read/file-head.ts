import { ProtocolError, type ResponseHeaders, type StreamHead } from "@rxsandbox/transport";
import type { AskedRange } from "./byte-range.js";

/** What the head of a download says (`execd.md` 6.2). */
export interface FileHead {
  /** Position in the file of the first byte of this answer; unknown where the platform hides `Content-Range`. */
  readonly first: number | undefined;
  /** Bytes of this answer, where announced. */
  readonly length: number | undefined;
  /** Bytes of the whole file, where announced. */
  readonly fileBytes: number | undefined;
  readonly lastModified: string | undefined;
  /** When the server answered, by its own clock. */
  readonly date: string | undefined;
}

/** Reads a head; throws a `ProtocolError` when it is not the answer to what was asked for. */
export function readFileHead(
  { status, headers }: Pick<StreamHead, "status" | "headers">,
  asked: AskedRange | undefined,
): FileHead {
  const length = announcedLength(headers);
  const dates = { lastModified: headers["last-modified"], date: headers["date"] };
  if (status !== 206) {
    // An empty file has no range: it is answered whole.
    if (asked !== undefined && length !== 0)
      throw new ProtocolError({ what: "Read file", detail: "the server did not keep to the byte range" });
    return { first: 0, length, fileBytes: length, ...dates };
  }
  const [, first, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
  if (asked === undefined || (first === undefined && "content-range" in headers))
    throw new ProtocolError({ what: "Read file", detail: "the answer is not the part that was asked for" });
  if (first === undefined)
    return { first: "first" in asked ? asked.first : undefined, length, fileBytes: undefined, ...dates };
  const head = { first: safe(first), length: safe(end) - safe(first) + 1, fileBytes: safe(size), ...dates };
  const wanted = "first" in asked ? asked.first : Math.max(0, head.fileBytes - asked.last);
  const most = "first" in asked && asked.end !== undefined ? asked.end : head.fileBytes - 1;
  if (head.first !== wanted || safe(end) > most)
    throw new ProtocolError({ what: "Read file", detail: "the answer is not the part that was asked for" });
  return head;
}

/** A body is never encoded here: the API refuses one. */
function announcedLength(headers: ResponseHeaders): number | undefined {
  const text = headers["content-length"];
  return text === undefined ? undefined : safe(text);
}

/** A directory may be announced with a length that no file has (`execd.md` 6.2). */
function safe(text: string | undefined): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new ProtocolError({ what: "Read file", detail: "invalid Content-Length header; is the path a directory?" });
  return value;
}
