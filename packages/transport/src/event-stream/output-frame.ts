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

const head = asciiBytes('{"type":"std');
const stdoutName = asciiBytes('out","text":"');
const stderrName = asciiBytes('err","text":"');
const stampKey = asciiBytes('","timestamp":');

/** 1 for every byte that stands for itself inside a JSON string: no quote, no backslash, no control character. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 32 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0));

/** Reads the frames of text events straight from the bytes. */
export interface OutputFrameReader {
  /** The event of the line that begins at `start`; `undefined` for everything but such a frame as the daemon writes it (`execd.md` 2.1). */
  read(bytes: Uint8Array, start: number): OutputEvent | undefined;
  /** Index after the line end of the frame that `read` returned last. */
  readonly next: number;
}

/**
 * Creates a reader for one stream.
 *
 * These frames are nearly all of a bulk stream. Only their text is decoded, and parsed as one JSON string when it has escapes:
 * less work than parsing the line, and a string of its own, which does not keep the chunk in memory.
 */
export function createOutputFrameReader(unit: TextUnit): OutputFrameReader {
  let next = 0;
  return {
    get next() {
      return next;
    },
    read(bytes, start) {
      if (!hasBytes(bytes, start, head)) return undefined;
      const name = start + head.length;
      const isStdout = hasBytes(bytes, name, stdoutName);
      if (!isStdout && !hasBytes(bytes, name, stderrName)) return undefined;
      const open = name + stdoutName.length;
      let at = open;
      let hasEscapes = false;
      // Reading beyond the end would be as right, and slower ever after.
      const limit = Math.min(bytes.length, open + maxTextBytes);
      while (at < limit) {
        if (isPlain[bytes[at] as number] === 1) {
          at++;
        } else if (bytes[at] === BACKSLASH) {
          hasEscapes = true;
          at += 2;
        } else {
          break;
        }
      }
      const close = at;
      if (!hasBytes(bytes, close, stampKey)) return undefined;
      at += stampKey.length;
      const digits = at;
      let timestamp = 0;
      for (; at < bytes.length && isDigit(bytes[at] as number); at++) timestamp = timestamp * 10 + (bytes[at] as number) - 48;
      const count = at - digits;
      // A number with a leading zero is not JSON; more digits would not be exact.
      if (count === 0 || count > maxStampDigits || (count > 1 && bytes[digits] === 48)) return undefined;
      if (bytes[at] !== CLOSING_BRACE) return undefined;
      if (at + 1 < bytes.length && bytes[at + 1] !== LF && bytes[at + 1] !== CR) return undefined;
      const text = hasEscapes ? unescaped(wholeUtf8.decode(bytes.subarray(open - 1, close + 1))) : wholeUtf8.decode(bytes.subarray(open, close));
      if (text === undefined) return undefined;
      next = at + 2;
      return { type: isStdout ? "stdout" : "stderr", text, unit, timestamp };
    },
  };
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

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function hasBytes(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let at = 0; at < expected.length; at++) {
    if (bytes[start + at] !== expected[at]) return false;
  }
  return true;
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
