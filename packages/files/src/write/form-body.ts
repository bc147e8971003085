import { InvalidArgumentError, isByteArray } from "@rxsandbox/transport";
import type { FileSource } from "./file-source.js";
import type { FormLayout } from "./form-layout.js";
import { PieceEncoder } from "./piece-encoder.js";
import type { PieceReader } from "./piece-reader.js";

/** A larger piece is handed over in several, so that there is progress to see. */
const PIECE_BYTES = 1024 * 1024;

/** How a form body is read. */
export interface FormBodyOptions {
  readonly maxBufferedBytes: number;
  /** Told how many bytes of content have been taken by the connection. */
  readonly onLoaded: (bytes: number) => void;
}

/** A form that is read while it is sent, once. What a source throws is kept in `failure`, since transports wrap it. */
export class FormBody implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  failure: { readonly thrown: unknown } | undefined;
  private readonly segments: FormLayout<FileSource>["segments"];
  private readonly options: FormBodyOptions;
  private index = 0;
  private open:
    | { readonly source: FileSource; readonly reader: PieceReader; readonly encoder: PieceEncoder; bytes: number }
    | undefined;
  private rest: Uint8Array | undefined;
  private loaded = 0;
  private given = 0;
  private isCancelled = false;

  constructor({ segments }: Pick<FormLayout<FileSource>, "segments">, options: FormBodyOptions) {
    this.segments = segments;
    this.options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.tell();
    try {
      const value = await this.piece();
      // Never "done": a form that was given up must not look like a whole one.
      if (this.isCancelled) throw new Error("the upload was ended");
      return value === undefined ? { done: true, value } : { done: false, value };
    } catch (thrown) {
      if (!this.isCancelled) this.failure ??= { thrown };
      this.cancel();
      throw thrown;
    }
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.cancel();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Gives up all sources that have not been read to their end. Idempotent. */
  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.open?.reader.cancel();
    for (const segment of this.segments.slice(this.open === undefined ? this.index : this.index + 1)) {
      if (!isByteArray(segment)) segment.discard();
    }
  }

  /** Whoever asks for the next piece has taken the one before. */
  private tell(): void {
    if (this.given === this.loaded) return;
    this.loaded = this.given;
    this.options.onLoaded(this.loaded);
  }

  private async piece(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.rest !== undefined) return this.split(this.rest);
      const segment = this.segments[this.index];
      if (segment === undefined) return undefined;
      if (isByteArray(segment)) {
        this.index += 1;
        return segment;
      }
      this.open ??= {
        source: segment,
        reader: segment.open(this.options.maxBufferedBytes),
        encoder: new PieceEncoder(segment.argument),
        bytes: 0,
      };
      const { reader, encoder } = this.open;
      const { done = false, value } = await reader.next();
      if (this.isCancelled) return undefined;
      const bytes = done ? encoder.end() : encoder.encode(value);
      this.count(bytes.byteLength, done);
      if (done) {
        this.open = undefined;
        this.index += 1;
      }
      if (bytes.byteLength > 0) return this.split(bytes);
    }
  }

  private split(bytes: Uint8Array): Uint8Array {
    this.rest = bytes.byteLength > PIECE_BYTES ? bytes.subarray(PIECE_BYTES) : undefined;
    const piece = bytes.subarray(0, PIECE_BYTES);
    this.given += piece.byteLength;
    return piece;
  }

  private count(bytes: number, isEnd: boolean): void {
    const { open } = this;
    if (open === undefined) return;
    open.bytes += bytes;
    const { argument, size } = open.source;
    if (size !== undefined && (open.bytes > size || (isEnd && open.bytes < size))) {
      throw new InvalidArgumentError(
        argument.replace(/data$/, "size"),
        `is ${size}, but the data has ${isEnd ? "" : "at least "}${open.bytes} bytes`,
      );
    }
  }
}
