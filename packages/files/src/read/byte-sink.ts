import { InvalidArgumentError } from "@rxsandbox/transport";

/**
 * Takes the bytes of a download: a function whose promise is awaited before it gets more, or a `WritableStream`, which
 * is closed at the end and aborted by an error.
 */
export type ByteSink = ((bytes: Uint8Array) => unknown) | WritableStream<Uint8Array>;

/** A sink in use. */
export interface OpenSink {
  write(bytes: Uint8Array): unknown;
  close(): unknown;
  abort(reason: unknown): void;
}

/** Checks a sink; what it gives back opens it. */
export function readSink(argument: string, sink: unknown): () => OpenSink {
  if (typeof sink === "function") {
    const write = sink as (bytes: Uint8Array) => unknown;
    return () => ({ write, close: () => undefined, abort: () => undefined });
  }
  if (typeof (sink as WritableStream<Uint8Array> | null | undefined)?.getWriter !== "function")
    throw new InvalidArgumentError(argument, "must be a function or a WritableStream");
  return () => {
    const writer = (sink as WritableStream<Uint8Array>).getWriter();
    return {
      write: (bytes) => writer.write(bytes),
      close: () => writer.close(),
      // Why the stream would not be aborted is of no use any more.
      abort: (reason) => void writer.abort(reason).catch(() => undefined),
    };
  };
}
