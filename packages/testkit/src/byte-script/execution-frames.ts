import { toWireEvent, type ExecutionEvent } from "@rxsandbox/protocol";

/** An error body appended to a stream that has begun (`execd.md` 2.2). */
export interface EnvelopeFrame {
  readonly code?: string;
  readonly message?: string;
}

export interface ExecutionFramesOptions {
  /** `"bare"` is what a real daemon sends; `"sse"` is the standard. Default `"bare"`. */
  readonly framing?: "bare" | "sse";
  /** Default LF. */
  readonly lineEnd?: "\n" | "\r" | "\r\n";
  /** Begins with a UTF-8 byte order mark. Default false. */
  readonly byteOrderMark?: boolean;
}

/**
 * Writes an execution stream as a server would put it on the wire (`execd.md` 2.1). An envelope is written bare and, as
 * its last frame, without line end, whatever the framing.
 *
 * @example
 * const bytes = executionFrames([{ type: "init", id: "c1", timestamp: 1 }, { code: "RUNTIME_ERROR", message: "no" }]);
 */
export function executionFrames(
  frames: readonly (ExecutionEvent | EnvelopeFrame)[],
  options: ExecutionFramesOptions = {},
): Uint8Array {
  const { framing = "bare", lineEnd = "\n", byteOrderMark = false } = options;
  const prefix = framing === "sse" ? "data: " : "";
  const text = frames.map((frame) => {
    if ("type" in frame) return `${prefix}${goJson(toWireEvent(frame))}${lineEnd}${lineEnd}`;
    return goJson({ code: frame.code, message: frame.message });
  });
  return new TextEncoder().encode((byteOrderMark ? "\ufeff" : "") + text.join(""));
}

/** JSON as the daemon escapes it (`execd.md` 1). */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
