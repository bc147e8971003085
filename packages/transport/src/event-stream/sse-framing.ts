import type { TextUnit } from "@rxsandbox/protocol";
import { createParser } from "eventsource-parser";
import { eventTooLarge } from "./event-size.js";
import { isBlank, type Framing, type FrameTarget } from "./frame-target.js";
import { createOutputFrameReader } from "./output-frame.js";
import { createUtf8Decoder } from "./utf8-decoder.js";

/** Fields other than `data` may stand between the lines of a large event; they do not count as its size. */
const otherFieldsBytes = 64 * 1024;
const openingBrace = 123;
const LF = 10;
const dataField = Array.from("data: ", (char) => char.charCodeAt(0));

/**
 * Standard SSE: `data:` lines, comments, LF, CR or CRLF. The size of an event is that of its data in UTF-8.
 *
 * A last event without its blank line is handed over too (`execd.md` 2.1, tolerance), and an event without data, or
 * with nothing but white space, is none. Unknown fields are ignored, except lines that begin with a brace.
 *
 * The parser reads whatever a stream may hold. An output frame on one `data: ` line, whole in its chunk and where an
 * event may begin, is read straight from the bytes instead: nearly all of a stream.
 */
export function createSseFraming(maxEventBytes: number, unit: TextUnit, target: FrameTarget): Framing {
  const decoder = createUtf8Decoder();
  const outputFrames = createOutputFrameReader(unit);
  let afterCarriageReturn = false;
  /** Whether the parser holds nothing: the last bytes it saw were a blank line. */
  let isBetweenEvents = false;
  const parser = createParser({
    maxBufferSize: maxEventBytes + otherFieldsBytes,
    onEvent({ data }) {
      if (target.stopped || isBlank(data, 0, data.length)) return;
      if (isLargerThan(data, maxEventBytes)) throw eventTooLarge(maxEventBytes);
      target.frame(data, 0, data.length);
    },
    onError(error) {
      if (error.type === "max-buffer-size-exceeded") throw eventTooLarge(maxEventBytes);
      const line = error.line;
      if (line === undefined || line.charCodeAt(0) !== openingBrace || target.stopped) return;
      target.stray(line);
    },
  });

  /**
   * Makes every line end one LF. The parser would hold back a CR at the end of a chunk until it sees whether LF
   * follows, and with it the event that this CR completes.
   */
  function feed(decoded: string): void {
    if (decoded === "") return;
    const text = afterCarriageReturn && decoded.charCodeAt(0) === 10 ? decoded.slice(1) : decoded;
    afterCarriageReturn = decoded.charCodeAt(decoded.length - 1) === 13;
    parser.feed(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
  }

  /** Reads output frames as long as they follow each other; returns the index after them. */
  function readOutputFrames(bytes: Uint8Array, from: number): number {
    let start = from;
    while (!target.stopped && startsDataField(bytes, start)) {
      const json = start + dataField.length;
      const event = outputFrames.read(bytes, json);
      if (event === undefined) break;
      const { next } = outputFrames;
      // Any other line end may not be the end of the event.
      if (bytes[next - 1] !== LF || bytes[next] !== LF) break;
      if (next - 1 - json > maxEventBytes) throw eventTooLarge(maxEventBytes);
      target.event(event);
      start = next + 1;
    }
    return start;
  }

  return {
    push(bytes) {
      for (let start = 0; start < bytes.length;) {
        if (isBetweenEvents) {
          start = readOutputFrames(bytes, start);
          if (start === bytes.length || target.stopped) return;
        }
        const end = afterBlankLine(bytes, start);
        isBetweenEvents = end !== -1;
        const stop = isBetweenEvents ? end : bytes.length;
        feed(decoder.push(start === 0 && stop === bytes.length ? bytes : bytes.subarray(start, stop)));
        start = stop;
      }
    },
    end() {
      feed(decoder.end());
      parser.feed("\n\n");
    },
  };
}

function startsDataField(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < dataField.length; at++) {
    if (bytes[start + at] !== dataField[at]) return false;
  }
  return true;
}

/** Index after the next two LF in a row, which end an event whatever came before; -1 without. */
function afterBlankLine(bytes: Uint8Array, start: number): number {
  for (let lf = bytes.indexOf(LF, start); lf !== -1; lf = bytes.indexOf(LF, lf + 1)) {
    if (bytes[lf + 1] === LF) return lf + 2;
  }
  return -1;
}

/** Compares the size in UTF-8, which is at most three bytes per unit: nearly every event needs no count. */
function isLargerThan(text: string, limitBytes: number): boolean {
  if (text.length * 3 <= limitBytes) return false;
  return text.length > limitBytes || new TextEncoder().encode(text).length > limitBytes;
}
