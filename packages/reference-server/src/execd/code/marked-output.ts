import { StringDecoder } from "node:string_decoder";

/** Length of an id of a run: `rx` and 24 hexadecimal digits. */
const ID_LENGTH = 26;
const MARK_LENGTH = ID_LENGTH + 2;
const BEGINNING = Buffer.from("\0rx");
const MARK = /^\0(rx[0-9a-f]{24})\0$/;

/**
 * Splits the output of a kernel at the mark that ends a run, its id between NULs: everything before it is the run's,
 * what follows belongs to nobody. Marks of other runs are taken out: of one that was interrupted, the end may be told
 * twice.
 *
 * Bytes that may begin a mark, or are part of a character, are held back until the next push.
 * Bounds: holds less than one mark and one character.
 */
export class MarkedOutput {
  readonly #id: string;
  readonly #decoder = new StringDecoder("utf8");
  #held: Buffer = Buffer.alloc(0);
  #isOver = false;

  constructor(id: string) {
    this.#id = id;
  }

  /** True once the mark has come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The text that is known to be output of the run by now; empty when there is none. */
  push(chunk: Buffer): string {
    let text = "";
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    while (!this.#isOver && bytes.length > 0) {
      const at = beginningOfMark(bytes);
      text += this.#decoder.write(bytes.subarray(0, at));
      bytes = bytes.subarray(at);
      if (bytes.length < MARK_LENGTH) {
        this.#held = Buffer.from(bytes);
        return text;
      }
      const id = MARK.exec(bytes.toString("latin1", 0, MARK_LENGTH))?.[1];
      this.#isOver = id === this.#id;
      // Something else that begins alike: its first byte is output.
      if (id === undefined) text += this.#decoder.write(bytes.subarray(0, 1));
      bytes = bytes.subarray(id === undefined ? 1 : MARK_LENGTH);
    }
    return this.#isOver ? text + this.#decoder.end() : text;
  }
}

/** Where the first mark, or what may become one with more bytes, begins; the length of `bytes` when nowhere. */
function beginningOfMark(bytes: Buffer): number {
  const at = bytes.indexOf(BEGINNING);
  if (at !== -1) return at;
  for (let length = Math.min(bytes.length, BEGINNING.length - 1); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(BEGINNING.subarray(0, length))) return bytes.length - length;
  }
  return bytes.length;
}
