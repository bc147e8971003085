import { isObservable, type Observable } from "rxjs";
import { InvalidArgumentError, toBytes, type Bytes } from "@rxsandbox/transport";
import { isBlobLike, toBlob } from "./blob.js";
import {
  createBytesSource,
  createBlobLikeSource,
  createBlobSource,
  createIterableSource,
  createObservableSource,
  createStreamSource,
  type FileSource,
} from "./file-source.js";

/**
 * What a file may be written from; text is written as UTF-8. Bytes and Blobs may be of another realm (an iframe, jsdom,
 * `vm`).
 *
 * Text and bytes are copied at the call. Streams and iterables are read once, by the first subscriber; a Blob and an
 * Observable by each.
 */
export type FileData =
  string | Bytes | Blob | ReadableStream<Bytes | string> | AsyncIterable<Bytes | string> | Observable<Bytes | string>;

/** Finds out what `data` is, or throws. `size` is what the caller knows of a source that does not tell. */
export function readData(argument: string, data: unknown, size: number | undefined): FileSource {
  const source = sourceOf(argument, data, size);
  if (size !== undefined && source.size !== size)
    throw new InvalidArgumentError(argument, `has ${source.size} bytes, not ${size} as its size says`);
  return source;
}

function sourceOf(argument: string, data: unknown, size: number | undefined): FileSource {
  if (data === undefined) return createBytesSource(argument, new Uint8Array());
  if (typeof data === "string") return createBytesSource(argument, new TextEncoder().encode(data));
  const bytes = toBytes(data);
  if (bytes !== undefined) return createBytesSource(argument, Uint8Array.from(bytes));
  const blob = toBlob(data);
  if (blob !== undefined) return createBlobSource(argument, blob);
  if (isObservable(data)) return createObservableSource(argument, data, size);
  if (typeof (data as ReadableStream | null)?.getReader === "function")
    return createStreamSource(argument, data as ReadableStream<unknown>, size);
  if (typeof (data as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === "function")
    return createIterableSource(argument, data as AsyncIterable<unknown>, size);
  if (isBlobLike(data)) return createBlobLikeSource(argument, data);
  throw new InvalidArgumentError(
    argument,
    "must be text, bytes (an ArrayBuffer or a view on one), a Blob, a ReadableStream, an AsyncIterable or an Observable",
  );
}
