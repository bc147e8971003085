import { createByteBuffer } from "./byte-buffer.js";
import { eventTooLarge } from "./event-size.js";
import type { Framing, FrameTarget } from "./frame-target.js";

const LF = 10;
const CR = 13;
const COLON = 58;

/**
 * The framing of a real daemon: one JSON object per line, blank lines between them (`execd.md` 2.1). Comment lines are
 * legal, the last line needs no terminator.
 *
 * JSON has no raw CR or LF inside a value, so either byte ends a line and CRLF is one end and one blank line. Whole lines
 * are decoded once per chunk, and only whole lines, hence no character is ever cut.
 */
export function createBareFraming(maxEventBytes: number, target: FrameTarget): Framing {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const pending = createByteBuffer();

  function keep(bytes: Uint8Array): void {
    if (bytes.length === 0 || target.stopped) return;
    if (pending.length + bytes.length > maxEventBytes) throw eventTooLarge(maxEventBytes);
    pending.append(bytes);
  }

  function readLines(lines: Uint8Array): void {
    if (lines.length <= maxEventBytes) return scanLines(decoder.decode(lines), target);
    // Some line may be too large, and the size of a line is only exact in bytes.
    for (let start = 0; start < lines.length && !target.stopped; ) {
      const end = lineEnd(lines, start);
      if (end - start > maxEventBytes) throw eventTooLarge(maxEventBytes);
      scanLines(decoder.decode(lines.subarray(start, end)), target);
      start = end + 1;
    }
  }

  return {
    push(bytes) {
      const cut = afterLastLineEnd(bytes);
      if (cut === 0) return keep(bytes);
      const whole = cut === bytes.length ? bytes : bytes.subarray(0, cut);
      if (pending.length === 0) {
        readLines(whole);
      } else {
        pending.append(whole);
        const lines = pending.view();
        readLines(lines);
        pending.clear();
      }
      if (cut < bytes.length) keep(bytes.subarray(cut));
    },
    end() {
      const rest = pending.view();
      readLines(rest);
      pending.clear();
    },
  };
}

function scanLines(decoded: string, target: FrameTarget): void {
  const text = decoded.includes("\r") ? decoded.replaceAll("\r", "\n") : decoded;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf("\n", start);
    if (end === -1) end = text.length;
    if (end > start && text.charCodeAt(start) !== COLON && !isBlank(text, start, end)) {
      if (target.stopped) return;
      target.frame(text, start, end);
    }
    start = end + 1;
  }
}

function isBlank(text: string, start: number, end: number): boolean {
  // Above the space nothing is white space of JSON; frames leave here after one comparison.
  return text.charCodeAt(start) <= 32 && text.slice(start, end).trim() === "";
}

/** Index after the last CR or LF, 0 without any. */
function afterLastLineEnd(bytes: Uint8Array): number {
  const lf = bytes.lastIndexOf(LF);
  if (lf === bytes.length - 1) return bytes.length;
  const rest = bytes.subarray(lf + 1);
  return lf + 1 + rest.lastIndexOf(CR) + 1;
}

function lineEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}
