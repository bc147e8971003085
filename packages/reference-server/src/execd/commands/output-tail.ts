import { read } from "node:fs";

import { encodeTextBytes } from "../../shared/go-json/encode-json.js";

/** Where the lines of one captured output go; a returned promise holds the tail back until it resolves. */
export interface LineSink {
  line(textJson: string): Promise<void> | undefined;
  longLine(pieces: AsyncIterable<string>): Promise<void>;
}

/**
 * Follows a growing file and reports its lines as a real daemon does (`execd.md` 2.3).
 *
 * LF, CR and CRLF end a line, CRLF counts once even when its bytes arrive in different polls; a blank line is the text
 * `"\n"`; a partial line is withheld until its terminator or {@link finish}. What was truncated away is lost, and the
 * reader stays where it was.
 *
 * Bounds: reads 64 KiB at a time and waits for the sink; a line above 1 MiB is not held but read again from the file
 * when it ends.
 */
export class OutputTail {
  readonly #descriptor: number;
  readonly #sink: LineSink;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  /** Offset of the next byte to read. */
  #offset = 0;
  /** Offset of the first byte of the line under way. */
  #lineStart = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #endedByCr = false;

  constructor(descriptor: number, sink: LineSink) {
    this.#descriptor = descriptor;
    this.#sink = sink;
  }

  /** Reads what has been written since the last call. `isWanted` is asked between chunks. */
  async poll(isWanted: () => boolean): Promise<void> {
    for (;;) {
      if (!isWanted()) return;
      const length = await readAt(this.#descriptor, this.#chunk, this.#offset);
      if (length === 0) return;
      const start = this.#offset;
      this.#offset += length;
      await this.#take(this.#chunk.subarray(0, length), start);
      if (length < CHUNK_BYTES) return;
    }
  }

  /** Reads to the end and reports the last line even without a terminator. */
  async finish(isWanted: () => boolean): Promise<void> {
    let before = -1;
    while (before !== this.#offset && isWanted()) {
      before = this.#offset;
      await this.poll(isWanted);
    }
    if (isWanted() && this.#offset > this.#lineStart) await this.#report(Buffer.alloc(0), this.#offset);
  }

  async #take(chunk: Buffer, chunkStart: number): Promise<void> {
    let at = 0;
    if (this.#endedByCr && chunk[0] === LF) {
      at = 1;
      this.#lineStart = chunkStart + 1;
    }
    this.#endedByCr = false;
    let lf = indexOf(chunk, LF, at);
    let cr = indexOf(chunk, CR, at);
    while (at < chunk.length) {
      const end = Math.min(lf, cr);
      if (end === chunk.length) break;
      const wait = this.#report(chunk.subarray(at, end), chunkStart + end);
      if (wait !== undefined) await wait;
      const isCr = chunk[end] === CR;
      at = isCr && chunk[end + 1] === LF ? end + 2 : end + 1;
      this.#endedByCr = isCr && at === chunk.length && chunk[at - 1] === CR;
      this.#lineStart = chunkStart + at;
      if (lf < at) lf = indexOf(chunk, LF, at);
      if (cr < at) cr = indexOf(chunk, CR, at);
    }
    this.#hold(chunk.subarray(at));
  }

  #hold(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#heldBytes += rest.length;
    if (this.#heldBytes > HELD_BYTES) this.#held = [];
    else this.#held.push(Buffer.from(rest));
  }

  #report(rest: Buffer, lineEnd: number): Promise<void> | undefined {
    const isLong = this.#heldBytes > HELD_BYTES;
    const line = this.#held.length === 0 ? rest : Buffer.concat([...this.#held, rest]);
    const lineStart = this.#lineStart;
    this.#held = [];
    this.#heldBytes = 0;
    if (isLong) return this.#sink.longLine(readPieces(this.#descriptor, lineStart, lineEnd));
    return this.#sink.line(line.length === 0 ? "\\n" : encodeTextBytes(line));
  }
}

const LF = 0x0a;
const CR = 0x0d;
const CHUNK_BYTES = 64 * 1024;
const HELD_BYTES = 1024 * 1024;

function indexOf(chunk: Buffer, byte: number, from: number): number {
  const index = chunk.indexOf(byte, from);
  return index === -1 ? chunk.length : index;
}

function readAt(descriptor: number, buffer: Buffer, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, buffer, 0, buffer.length, offset, (error, length) =>
      error === null ? resolve(length) : reject(error),
    );
  });
}

/** The escaped text of a part of the file; pieces never end inside a character. */
async function* readPieces(descriptor: number, start: number, end: number): AsyncGenerator<string> {
  let carried = Buffer.alloc(0);
  for (let offset = start; offset < end;) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - offset));
    const length = await readAt(descriptor, buffer, offset);
    if (length === 0) break;
    offset += length;
    const bytes = Buffer.concat([carried, buffer.subarray(0, length)]);
    const cut = offset < end ? wholeCharacters(bytes) : bytes.length;
    carried = Buffer.from(bytes.subarray(cut));
    yield encodeTextBytes(bytes.subarray(0, cut));
  }
  if (carried.length > 0) yield encodeTextBytes(carried);
}

/** Length of `bytes` without a character that its end may cut. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return bytes.length - back;
    if (byte < 0x80) return bytes.length;
  }
  return bytes.length;
}
