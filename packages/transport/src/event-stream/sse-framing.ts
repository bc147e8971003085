import { createParser } from "eventsource-parser";
import { eventTooLarge } from "./event-size.js";
import { isBlank, type Framing, type FrameTarget } from "./frame-target.js";
import { createUtf8Decoder } from "./utf8-decoder.js";

/** Fields other than `data` may stand between the lines of a large event; they do not count as its size. */
const otherFieldsBytes = 64 * 1024;
const openingBrace = 123;

/**
 * Standard SSE: `data:` lines, comments, LF, CR or CRLF. The size of an event is that of its data in UTF-8.
 *
 * A last event without its blank line is handed over too (`execd.md` 2.1, tolerance), and an event without data, or with nothing but white
 * space, is none. Unknown fields are ignored, except lines that begin with a brace.
 */
export function createSseFraming(maxEventBytes: number, target: FrameTarget): Framing {
  const decoder = createUtf8Decoder();
  let afterCarriageReturn = false;
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
   * Makes every line end one LF. The parser would hold back a CR at the end of a chunk until it sees whether LF follows,
   * and with it the event that this CR completes.
   */
  function feed(decoded: string): void {
    if (decoded === "") return;
    const text = afterCarriageReturn && decoded.charCodeAt(0) === 10 ? decoded.slice(1) : decoded;
    afterCarriageReturn = decoded.charCodeAt(decoded.length - 1) === 13;
    parser.feed(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
  }

  return {
    push(bytes) {
      feed(decoder.push(bytes));
    },
    end() {
      feed(decoder.end());
      parser.feed("\n\n");
    },
  };
}

/** Compares the size in UTF-8, which is at most three bytes per unit: nearly every event needs no count. */
function isLargerThan(text: string, limitBytes: number): boolean {
  if (text.length * 3 <= limitBytes) return false;
  return text.length > limitBytes || new TextEncoder().encode(text).length > limitBytes;
}
