import { InvalidArgumentError, toBytes } from "@rxsandbox/transport";

/** Turns the pieces of one source into bytes; a character that two texts share stays whole. */
export class PieceEncoder {
  private readonly argument: string;
  private readonly encoder = new TextEncoder();
  /** The first half of a surrogate pair. */
  private pending = "";

  constructor(argument: string) {
    this.argument = argument;
  }

  encode(piece: unknown): Uint8Array {
    if (typeof piece === "string") {
      const text = this.pending + piece;
      this.pending = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : "";
      return this.encoder.encode(this.pending === "" ? text : text.slice(0, -1));
    }
    const bytes = toBytes(piece);
    if (bytes === undefined)
      throw new InvalidArgumentError(
        this.argument,
        "gave a piece that is neither text nor bytes (an ArrayBuffer or a view on one)",
      );
    const rest = this.end();
    if (rest.byteLength === 0) return bytes;
    const both = new Uint8Array(rest.byteLength + bytes.byteLength);
    both.set(rest);
    both.set(bytes, rest.byteLength);
    return both;
  }

  /** What is left at the end: half a character becomes U+FFFD. */
  end(): Uint8Array {
    const rest = this.encoder.encode(this.pending);
    this.pending = "";
    return rest;
  }
}
