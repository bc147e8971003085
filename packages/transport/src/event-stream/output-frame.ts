import type { OutputEvent, TextUnit } from "@rxsandbox/protocol";
import { wholeUtf8 } from "./whole-utf8.js";

const LF = 10;
const CR = 13;
const QUOTE = 34;
const BACKSLASH = 92;
const CLOSING_BRACE = 125;
const maxStampDigits = 15;
/** Longer texts are left to the general path, whose native scans are faster than a loop over bytes. */
const maxTextBytes = 64 * 1024;

const head = words('{"type":"std');
const stdoutName = words('out","text":"');
const stderrName = words('err","text":"');
const stampKey = words('","timestamp":');
const headBytes = 12;
const nameBytes = 13;
const stampKeyBytes = 14;

/** 1 for every byte that stands for itself inside a JSON string: no quote, no backslash, no control character. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 32 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** What Node's buffers add to `Uint8Array`: half the cost of decoding a short text, and no view made for it. */
interface AsciiSource {
  readonly latin1Slice?: (start: number, end: number) => string;
}

/** Reads the frames of text events straight from the bytes. */
export interface OutputFrameReader {
  /**
   * The event of the line that begins at `start`; `undefined` for everything but such a frame as the daemon writes it
   * (`execd.md` 2.1).
   */
  read(bytes: Uint8Array, start: number): OutputEvent | undefined;
  /** Index after the line end of the frame that `read` returned last. */
  readonly next: number;
}

/**
 * Creates a reader for one stream.
 *
 * These frames are nearly all of a bulk stream. Only their text is decoded, and parsed as one JSON string when it has
 * escapes: less work than parsing the line, and a string of its own, which does not keep the chunk in memory. The bytes
 * are compared four at a time; a view that reads them so is kept as long as the chunks share a buffer.
 */
export function createOutputFrameReader(unit: TextUnit): OutputFrameReader {
  let next = 0;
  let view: DataView = new DataView(new ArrayBuffer(0));
  return {
    get next() {
      return next;
    },
    read(bytes, start) {
      const { length } = bytes;
      if (length - start < shortestFrame) return undefined;
      const { buffer, byteOffset } = bytes;
      if (view.buffer !== buffer) view = new DataView(buffer);
      const begin = byteOffset + start;
      if (
        view.getInt32(begin) !== head[0] ||
        view.getInt32(begin + 4) !== head[1] ||
        view.getInt32(begin + 8) !== head[2]
      )
        return undefined;
      const isStdout = view.getInt32(begin + headBytes) === stdoutName[0];
      if (!isStdout && view.getInt32(begin + headBytes) !== stderrName[0]) return undefined;
      // The rest of both names is the same.
      if (
        view.getInt32(begin + 16) !== stdoutName[1] ||
        view.getInt32(begin + 20) !== stdoutName[2] ||
        bytes[start + 24] !== QUOTE
      )
        return undefined;
      const open = start + headBytes + nameBytes;
      // What follows the text is read without asking for the end each time.
      const limit = Math.min(length - shortestTail, open + maxTextBytes);
      let at = open;
      let seen = 0;
      let hasEscapes = false;
      for (;;) {
        for (; at + 8 <= limit; at += 8) {
          const first = view.getInt32(byteOffset + at);
          const second = view.getInt32(byteOffset + at + 4);
          if ((special(first) | special(second)) !== 0) break;
          seen |= first | second;
        }
        for (; at < limit && isPlain[bytes[at] as number] === 1; at++) seen |= bytes[at] as number;
        if (at >= limit || bytes[at] !== BACKSLASH) break;
        hasEscapes = true;
        seen |= bytes[at + 1] as number;
        at += 2;
      }
      const close = at;
      if (close > limit) return undefined;
      const tail = byteOffset + close;
      if (
        view.getInt32(tail) !== stampKey[0] ||
        view.getInt32(tail + 4) !== stampKey[1] ||
        view.getInt32(tail + 8) !== stampKey[2]
      )
        return undefined;
      if (view.getInt16(tail + 12) !== stampKey[3]) return undefined;
      at += stampKeyBytes;
      const digits = at;
      let timestamp = 0;
      for (; at < length; at++) {
        const digit = (bytes[at] as number) - 48;
        if (digit < 0 || digit > 9) break;
        timestamp = timestamp * 10 + digit;
      }
      const count = at - digits;
      // A number with a leading zero is not JSON; more digits would not be exact.
      if (count === 0 || count > maxStampDigits || (count > 1 && bytes[digits] === 48)) return undefined;
      if (bytes[at] !== CLOSING_BRACE) return undefined;
      if (at + 1 < length && bytes[at + 1] !== LF && bytes[at + 1] !== CR) return undefined;
      const isAscii = (seen & 0x80808080) === 0;
      const text = hasEscapes
        ? unescaped(decode(bytes, open - 1, close + 1, isAscii))
        : decode(bytes, open, close, isAscii);
      if (text === undefined) return undefined;
      next = at + 2;
      return { type: isStdout ? "stdout" : "stderr", text, unit, timestamp };
    },
  };
}

/** `","timestamp":0}` */
const shortestTail = stampKeyBytes + 2;
const shortestFrame = headBytes + nameBytes + shortestTail;

/**
 * Not 0 when one of four bytes is no plain one: below a space, a quote or a backslash. Bytes outside ASCII are plain.
 */
function special(four: number): number {
  const quotes = four ^ 0x22222222;
  const backslashes = four ^ 0x5c5c5c5c;
  // A borrow may make a neighbour of a special byte look special, never one of plain bytes only.
  return ((four - 0x20202020) | (quotes - 0x01010101) | (backslashes - 0x01010101)) & ~four & 0x80808080;
}

function decode(bytes: Uint8Array & AsciiSource, start: number, end: number, isAscii: boolean): string {
  return isAscii && bytes.latin1Slice !== undefined
    ? bytes.latin1Slice(start, end)
    : wholeUtf8.decode(bytes.subarray(start, end));
}

/** Judges the escapes too: what `JSON.parse` refuses is left to the general path. */
function unescaped(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    // The general path says what is wrong with it.
    return undefined;
  }
}

/**
 * The text as numbers of four bytes, the last of two or none where it is no multiple of four: what is over is compared
 * by itself.
 */
function words(text: string): readonly number[] {
  const codes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const view = new DataView(codes.buffer);
  const whole = Array.from({ length: codes.length >> 2 }, (_, index) => view.getInt32(index * 4));
  return codes.length % 4 >= 2 ? [...whole, view.getInt16(whole.length * 4)] : whole;
}
