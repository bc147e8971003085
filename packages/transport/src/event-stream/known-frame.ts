import type { OutputEvent, PingEvent, TextUnit } from "@rxsandbox/protocol";

const stdoutHead = '{"type":"stdout","text":"';
const stderrHead = '{"type":"stderr","text":"';
const pingHead = '{"type":"ping","text":"pong"';
const stampKey = ',"timestamp":';
const textTail = `"${stampKey}`;
const maxStampDigits = 15;

/**
 * Reads the frames that make up nearly all of a stream without parsing them as a whole: text events and pings exactly
 * as the daemon writes them (`execd.md` 2.1, key order). Anything else is `undefined` and goes through `JSON.parse`.
 *
 * The text itself is parsed as one JSON string: that proves that nothing inside it ends the string early, resolves the
 * escapes, and gives a string of its own instead of a slice that would keep the whole chunk in memory.
 */
export function knownFrame(
  text: string,
  start: number,
  end: number,
  unit: TextUnit,
): OutputEvent | PingEvent | undefined {
  // The tenth character tells stdout and stderr ("s") from ping ("p").
  const first = text.charCodeAt(start + 9);
  if (first === 115) {
    const isStdout = text.startsWith(stdoutHead, start);
    if (!isStdout && !text.startsWith(stderrHead, start)) return undefined;
    const digits = stampStart(text, start, end);
    const close = digits - textTail.length;
    const open = start + stdoutHead.length - 1;
    if (close <= open || !text.startsWith(textTail, close)) return undefined;
    const value = parseStringLiteral(text.slice(open, close + 1));
    if (value === undefined) return undefined;
    return { type: isStdout ? "stdout" : "stderr", text: value, unit, timestamp: readStamp(text, digits, end - 1) };
  }
  if (first === 112 && text.startsWith(pingHead, start)) {
    const digits = stampStart(text, start, end);
    if (digits !== start + pingHead.length + stampKey.length || !text.startsWith(stampKey, start + pingHead.length))
      return undefined;
    return { type: "ping", timestamp: readStamp(text, digits, end - 1) };
  }
  return undefined;
}

/** Index of the first of the digits before the closing brace, or 0 when there is no such number as JSON allows. */
function stampStart(text: string, start: number, end: number): number {
  if (text.charCodeAt(end - 1) !== 125) return 0;
  let at = end - 1;
  while (at > start && isDigit(text.charCodeAt(at - 1))) at--;
  const digits = end - 1 - at;
  if (digits === 0 || digits > maxStampDigits) return 0;
  return digits > 1 && text.charCodeAt(at) === 48 ? 0 : at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** At most 15 digits, hence exact. */
function readStamp(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

function parseStringLiteral(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    // Not one string literal: the general path decides what it is.
    return undefined;
  }
}
