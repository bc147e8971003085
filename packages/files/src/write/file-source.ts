import type { Observable } from "rxjs";
import { InvalidArgumentError, toBytes } from "@rxsandbox/transport";
import type { BlobLike } from "./blob.js";
import { observedPieces } from "./observed-pieces.js";
import type { PieceReader } from "./piece-reader.js";

/** Where the content of one file comes from. */
export interface FileSource {
  /** For messages: `entries[0].data`. */
  readonly argument: string;
  /** Bytes, where known before they are read. */
  readonly size: number | undefined;
  /** The content itself, where it need not be read piece by piece. */
  readonly whole: Uint8Array | Blob | undefined;
  /** Begins to read. `maxBufferedBytes` bounds what a source that cannot be slowed down may be ahead. */
  open(maxBufferedBytes: number): PieceReader;
  /** Gives up a source that was never opened, for example closes the file behind it. */
  discard(): void;
}

const PIECE_BYTES = 1024 * 1024;
const nothing = (): void => undefined;

/** Content in memory. */
export function createBytesSource(argument: string, bytes: Uint8Array): FileSource {
  return {
    argument,
    size: bytes.byteLength,
    whole: bytes,
    open: () => {
      let at = 0;
      const next = (): IteratorResult<Uint8Array, undefined> => {
        if (at >= bytes.byteLength) return { done: true, value: undefined };
        return { done: false, value: bytes.subarray(at, (at += PIECE_BYTES)) };
      };
      return { next: () => Promise.resolve(next()), cancel: nothing };
    },
    discard: nothing,
  };
}

/** Content that the platform keeps, perhaps on disk. */
export function createBlobSource(argument: string, blob: Blob): FileSource {
  return {
    argument,
    size: blob.size,
    whole: blob,
    open: () => streamReader(blob.stream().getReader()),
    discard: nothing,
  };
}

/** A Blob that the platform does not know; read as a whole, by each reader once more. */
export function createBlobLikeSource(argument: string, blob: BlobLike): FileSource {
  const open = (): PieceReader => {
    let reader: PieceReader | undefined;
    return {
      next: async () => {
        reader ??= createBytesSource(argument, toBytes(await blob.arrayBuffer()) ?? new Uint8Array()).open(Infinity);
        return reader.next();
      },
      cancel: nothing,
    };
  };
  return { argument, size: blob.size, whole: undefined, open, discard: nothing };
}

/** A web stream; read once, since it cannot be rewound. */
export function createStreamSource(
  argument: string,
  stream: ReadableStream<unknown>,
  size: number | undefined,
): FileSource {
  return {
    argument,
    size,
    whole: undefined,
    open: () => {
      if (stream.locked)
        throw new InvalidArgumentError(argument, "is a stream that has already been consumed or is locked");
      return streamReader(stream.getReader());
    },
    // A stream that somebody else reads stays his.
    discard: () => void (stream.locked || stream.cancel().catch(nothing)),
  };
}

/** An iterable, a Node stream too; read once, since most cannot be begun again and would then look empty. */
export function createIterableSource(
  argument: string,
  iterable: AsyncIterable<unknown>,
  size: number | undefined,
): FileSource {
  let isTaken = false;
  return {
    argument,
    size,
    whole: undefined,
    open: () => {
      if (isTaken) throw new InvalidArgumentError(argument, "is an iterable that has already been consumed");
      isTaken = true;
      const iterator = iterable[Symbol.asyncIterator]();
      return {
        next: () => iterator.next(),
        cancel: () => giveUp(iterable, iterator),
      };
    },
    discard: () => {
      if (isTaken) return;
      isTaken = true;
      giveUp(iterable, iterable[Symbol.asyncIterator]());
    },
  };
}

/** An Observable; each reader subscribes once more. */
export function createObservableSource(
  argument: string,
  observable: Observable<unknown>,
  size: number | undefined,
): FileSource {
  return {
    argument,
    size,
    whole: undefined,
    open: (maxBufferedBytes) => observedPieces(argument, observable, maxBufferedBytes),
    discard: nothing,
  };
}

function streamReader(reader: ReadableStreamDefaultReader<unknown>): PieceReader {
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown, unknown>>,
    // Nobody is left to be told that giving up failed.
    cancel: () => void reader.cancel().catch(nothing),
  };
}

/** `return` of a Node stream waits for the piece under way, or does nothing before the first: `destroy` is at once. */
function giveUp(iterable: AsyncIterable<unknown>, iterator: AsyncIterator<unknown>): void {
  const { destroy } = iterable as { readonly destroy?: unknown };
  if (typeof destroy === "function") destroy.call(iterable);
  else iterator.return?.().catch(nothing);
}
