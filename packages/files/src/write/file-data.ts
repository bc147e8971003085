import { isObservable, type Observable } from "rxjs";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { bytesSource, blobSource, iterableSource, observableSource, streamSource, type FileSource } from "./file-source.js";

/**
 * What a file may be written from; text is written as UTF-8.
 *
 * Text and bytes are copied at the call. Streams and iterables are read once, by the first subscriber; a Blob and an Observable by each.
 */
export type FileData = string | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array | string> | AsyncIterable<Uint8Array | string> | Observable<Uint8Array | string>;

/** Finds out what `data` is, or throws. `size` is what the caller knows of a source that does not tell. */
export function readData(argument: string, data: unknown, size: number | undefined): FileSource {
  const source = sourceOf(argument, data, size);
  if (size !== undefined && source.size !== size) throw new InvalidArgumentError(argument, `has ${source.size} bytes, not ${size} as its size says`);
  return source;
}

function sourceOf(argument: string, data: unknown, size: number | undefined): FileSource {
  if (data === undefined) return bytesSource(argument, new Uint8Array());
  if (typeof data === "string") return bytesSource(argument, new TextEncoder().encode(data));
  if (data instanceof Uint8Array) return bytesSource(argument, data.slice());
  if (data instanceof ArrayBuffer) return bytesSource(argument, new Uint8Array(data.slice(0)));
  if (data instanceof Blob) return blobSource(argument, data);
  if (isObservable(data)) return observableSource(argument, data, size);
  if (typeof (data as ReadableStream | null)?.getReader === "function") return streamSource(argument, data as ReadableStream<unknown>, size);
  if (typeof (data as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === "function") return iterableSource(argument, data as AsyncIterable<unknown>, size);
  throw new InvalidArgumentError(argument, "must be text, bytes, a Blob, a ReadableStream, an AsyncIterable or an Observable");
}
