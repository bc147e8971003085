import { readNonNegative } from "@rxsandbox/transport/calls";
import { unitBytes, utf8Length } from "./utf8-length.js";

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
/**
 * Pieces are joined in blocks of about so many UTF-16 units: one string per short line would weigh forty times its
 * text.
 */
const BLOCK_LENGTH = 64 * 1024;

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

/**
 * Keeps about the first and the last half of `maxBytes`, never half a character; all of it when it fits. Bounds:
 * `maxBytes` and a block.
 */
export function createKeptText(maxBytes = DEFAULT_MAX_BYTES): KeptText {
  readNonNegative("maxOutputBytes", maxBytes);
  const headBytes = Math.ceil(maxBytes / 2);
  const head = createBlocks();
  const tail = createBlocks();
  let isHeadFull = false;
  let tailBytes = 0;
  let total = 0;

  function addToTail(text: string, bytes: number): void {
    if (bytes <= tailBytes) {
      tail.add(text, bytes);
      tail.dropBefore(tailBytes);
      return;
    }
    // Nothing before its end counts, not even what would still fit: that would leave a hole.
    const end = lastBytes(text, tailBytes);
    tail.clear();
    tail.add(end.text, end.bytes);
  }

  return {
    add(text) {
      const bytes = utf8Length(text);
      total += bytes;
      if (isHeadFull) return addToTail(text, bytes);
      if (head.bytes() + bytes <= headBytes) return head.add(text, bytes);
      isHeadFull = true;
      const start = firstBytes(text, headBytes - head.bytes());
      head.add(start.text, start.bytes);
      tailBytes = Math.floor(maxBytes - head.bytes());
      addToTail(text.slice(start.text.length), bytes - start.bytes);
    },
    result: () => {
      const end =
        tail.bytes() > tailBytes ? lastBytes(tail.text(), tailBytes) : { text: tail.text(), bytes: tail.bytes() };
      const omittedBytes = total - head.bytes() - end.bytes;
      return { text: head.text() + end.text, truncated: omittedBytes > 0, omittedBytes };
    },
  };
}

interface Piece {
  readonly text: string;
  readonly bytes: number;
}

interface Blocks {
  add(text: string, bytes: number): void;
  bytes(): number;
  text(): string;
  /** Forgets whole blocks at the front, as long as at least so many bytes remain. */
  dropBefore(bytes: number): void;
  clear(): void;
}

function createBlocks(): Blocks {
  const blocks: Piece[] = [];
  let open: string[] = [];
  let openLength = 0;
  let openBytes = 0;
  let total = 0;

  function closeBlock(): void {
    open = [];
    openLength = 0;
    openBytes = 0;
  }

  return {
    add(text, bytes) {
      open.push(text);
      openLength += text.length;
      openBytes += bytes;
      total += bytes;
      if (openLength < BLOCK_LENGTH) return;
      blocks.push({ text: open.join(""), bytes: openBytes });
      closeBlock();
    },
    bytes: () => total,
    text: () => blocks.map(({ text }) => text).join("") + open.join(""),
    dropBefore(bytes) {
      for (let first = blocks[0]; first !== undefined && total - first.bytes >= bytes; first = blocks[0]) {
        blocks.shift();
        total -= first.bytes;
      }
    },
    clear() {
      blocks.length = 0;
      closeBlock();
      total = 0;
    },
  };
}

function firstBytes(text: string, maxBytes: number): Piece {
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

function lastBytes(text: string, maxBytes: number): Piece {
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
