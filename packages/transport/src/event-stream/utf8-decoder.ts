import { wholeUtf8 } from "./whole-utf8.js";

const none = new Uint8Array(0);

/** Decodes UTF-8 that is cut anywhere; invalid bytes become U+FFFD, wherever the cuts are. */
export interface Utf8Decoder {
  push(bytes: Uint8Array): string;
  /** Bytes of an unfinished character that wait for the rest: 0 to 3. */
  heldBytes(): number;
  /** What an unfinished last character stands for: U+FFFD, or nothing. */
  end(): string;
}

/**
 * Holds back an unfinished character itself, because the streaming mode of `TextDecoder` is several times slower than
 * one-shot decoding.
 */
export function createUtf8Decoder(): Utf8Decoder {
  let held = none;
  return {
    push(bytes) {
      const input = held.length === 0 ? bytes : join(held, bytes);
      const whole = wholeCharacters(input);
      if (whole === input.length) {
        held = none;
        return wholeUtf8.decode(input);
      }
      // A copy: the chunk is not ours after this call.
      held = Uint8Array.from(input.subarray(whole));
      return wholeUtf8.decode(input.subarray(0, whole));
    },
    heldBytes: () => held.length,
    end() {
      const rest = held;
      held = none;
      return wholeUtf8.decode(rest);
    },
  };
}

/** Length without an unfinished character at the end. A lead byte is always a place where decoding starts afresh. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return back < sequenceLength(byte) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf8) return 1;
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
