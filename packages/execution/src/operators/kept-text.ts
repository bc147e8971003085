import { InvalidArgumentError } from "@rxsandbox/transport";

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/** Text of one output stream. */
export interface CapturedText {
  /** All of it, or its beginning and its end joined when `truncated`. */
  readonly text: string;
  /** Whether the middle was left out. */
  readonly truncated: boolean;
  /** Bytes of UTF-8 that were left out. */
  readonly omittedBytes: number;
}

/** Collects text within a bound. */
export interface KeptText {
  add(text: string): void;
  result(): CapturedText;
}

/** Keeps the first and the last half of `maxBytes`; pieces are left out whole unless one alone exceeds its half. */
export function createKeptText(maxBytes = DEFAULT_MAX_BYTES): KeptText {
  if (!Number.isFinite(maxBytes) || maxBytes < 0) throw new InvalidArgumentError("maxOutputBytes", `must be 0 or more, got ${String(maxBytes)}`);
  const headBytes = Math.ceil(maxBytes / 2);
  const tailBytes = Math.floor(maxBytes / 2);
  const head: string[] = [];
  let headSize = 0;
  let isHeadFull = false;
  /** What came after the head, oldest first; `first` is the oldest that still counts. */
  let tail: { readonly text: string; readonly bytes: number }[] = [];
  let first = 0;
  let tailSize = 0;
  let omitted = 0;

  function addToTail(text: string, bytes: number): void {
    tail.push({ text, bytes });
    tailSize += bytes;
    // Nothing is lost as long as head and tail hold all of it together.
    while (tailSize > tailBytes && first < tail.length) {
      const oldest = tail[first]!;
      const excess = tailSize - tailBytes;
      if (oldest.bytes > excess && first === tail.length - 1) {
        const end = lastBytes(oldest.text, oldest.bytes - excess);
        tail[first] = end;
        omitted += oldest.bytes - end.bytes;
        tailSize = end.bytes;
        break;
      }
      first += 1;
      omitted += oldest.bytes;
      tailSize -= oldest.bytes;
    }
    if (first > 1024 && first * 2 > tail.length) {
      tail = tail.slice(first);
      first = 0;
    }
  }

  return {
    add(text) {
      const bytes = utf8Length(text);
      if (!isHeadFull && headSize + bytes <= headBytes) {
        head.push(text);
        headSize += bytes;
        return;
      }
      if (isHeadFull) return addToTail(text, bytes);
      isHeadFull = true;
      const start = firstBytes(text, headBytes - headSize);
      head.push(start.text);
      headSize += start.bytes;
      addToTail(text.slice(start.text.length), bytes - start.bytes);
    },
    result: () => ({
      text: head.join("") + tail.slice(first).map(({ text }) => text).join(""),
      truncated: omitted > 0,
      omittedBytes: omitted,
    }),
  };
}

/** Bytes of one UTF-16 unit in UTF-8; a surrogate counts as half of its pair. */
function unitBytes(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code >= 0xd800 && code <= 0xdfff ? 2 : 3;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) bytes += unitBytes(text.charCodeAt(at));
  return bytes;
}

function firstBytes(text: string, maxBytes: number): { readonly text: string; readonly bytes: number } {
  let at = 0;
  let bytes = 0;
  for (const character of text) {
    const size = utf8Length(character);
    if (bytes + size > maxBytes) break;
    bytes += size;
    at += character.length;
  }
  return { text: text.slice(0, at), bytes };
}

function lastBytes(text: string, maxBytes: number): { readonly text: string; readonly bytes: number } {
  let at = text.length;
  let bytes = 0;
  while (at > 0) {
    const isPair = at > 1 && isLow(text.charCodeAt(at - 1)) && isHigh(text.charCodeAt(at - 2));
    const size = isPair ? 4 : unitBytes(text.charCodeAt(at - 1));
    if (bytes + size > maxBytes) break;
    bytes += size;
    at -= isPair ? 2 : 1;
  }
  return { text: text.slice(at), bytes };
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
