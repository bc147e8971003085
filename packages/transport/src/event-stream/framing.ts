/** Which of the two framings a stream uses (`execd.md` 2.1). */
export type FramingKind = "bare" | "sse";

const LF = 10;
const CR = 13;
const COLON = 58;
const SPACE = 32;
const TAB = 9;
const maxNameLength = 32;
const byteOrderMark = [0xef, 0xbb, 0xbf] as const;
const fieldNames: ReadonlySet<string> = new Set(["data", "event", "id", "retry"]);

/** Finds out the framing at the first line that is neither blank nor a comment, in chunks of any size. */
export interface FramingDetector {
  /** Returns how many of these bytes belong to the prelude, and the kind once it is certain. */
  push(bytes: Uint8Array): { readonly used: number; readonly kind: FramingKind | undefined };
  /** Bytes of the deciding line that `push` has used: the framing has to see them first. */
  held(): readonly number[];
}

/**
 * Creates a detector for one stream.
 *
 * A line that begins with an SSE field name (letters up to a colon, or one of the four names alone) means standard SSE;
 * unknown names are legal there and ignored. Every other line has to be a bare frame: that it may turn out not to be
 * JSON is for the bare framing to say. A byte order mark at the very start is skipped, and so is white space before the
 * deciding line.
 */
export function createFramingDetector(): FramingDetector {
  let mark = 0;
  let inComment = false;
  const held: number[] = [];

  function step(byte: number): FramingKind | undefined {
    if (mark >= 0 && mark < 3) {
      if (byte === byteOrderMark[mark]) {
        mark++;
        if (mark === 3) mark = -1;
        return undefined;
      }
      // Half a mark is not a mark: these bytes belong to the first line, which then is no field.
      if (mark > 0) {
        held.push(...byteOrderMark.slice(0, mark));
        mark = -1;
        return "bare";
      }
      mark = -1;
    }
    const isEnd = byte === LF || byte === CR;
    if (inComment) {
      inComment = !isEnd;
      return undefined;
    }
    if (held.length === 0) {
      if (isEnd) return undefined;
      if (byte === COLON) {
        inComment = true;
        return undefined;
      }
      if (byte === SPACE || byte === TAB) return undefined;
    }
    if (isEnd) return fieldNames.has(String.fromCharCode(...held)) ? "sse" : "bare";
    if (byte === COLON) return "sse";
    return isNameByte(byte) && held.length < maxNameLength ? (held.push(byte), undefined) : "bare";
  }

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; at++) {
        const kind = step(bytes[at] as number);
        // The deciding byte itself is left to the framing.
        if (kind !== undefined) return { used: at, kind };
      }
      return { used: bytes.length, kind: undefined };
    },
    held: () => held,
  };
}

function isNameByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 45 || byte === 95;
}
