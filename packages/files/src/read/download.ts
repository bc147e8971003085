import { Observable, filter, map, type Subscriber } from "rxjs";
import { readOptions, type SandboxConnection } from "@rxsandbox/transport/calls";
import type { TransferProgress } from "../transfer-progress.js";
import { readSink, type ByteSink, type OpenSink } from "./byte-sink.js";
import { fileParts, type FilePart } from "./file-parts.js";
import { pulledBytes } from "./pulled-bytes.js";
import {
  partReads,
  readDownloadOptions,
  readRequest,
  type DownloadOptions,
  type ReadStreamOptions,
} from "./read-options.js";

/** Hands a file, or a part of it, to a sink as fast as it takes it, and emits how far it is. */
export function download(
  connection: SandboxConnection,
  path: string,
  sink: ByteSink,
  options: DownloadOptions = {},
): Observable<TransferProgress> {
  const { highWaterMark, ...part } = readDownloadOptions(options);
  const parts = fileParts(connection, readRequest(path, part));
  const open = readSink("sink", sink);
  return new Observable((subscriber) => {
    let out: OpenSink;
    try {
      out = open();
    } catch (thrown) {
      subscriber.error(thrown);
      return;
    }
    let totalBytes: number | null = null;
    const bytes = pulledBytes(parts, highWaterMark, (total) => {
      totalBytes = total ?? null;
      subscriber.next({ loadedBytes: 0, totalBytes });
    });
    let isDone = false;
    subscriber.add(() => {
      void bytes.return?.();
      if (!isDone) out.abort(new Error("the download was ended"));
    });
    pump(bytes, out, subscriber, () => totalBytes).then(
      () => {
        isDone = true;
        subscriber.complete();
      },
      (error: unknown) => {
        if (!subscriber.closed) out.abort(error);
        isDone = true;
        subscriber.error(error);
      },
    );
  });
}

async function pump(
  bytes: AsyncIterator<Uint8Array>,
  out: OpenSink,
  subscriber: Subscriber<TransferProgress>,
  totalBytes: () => number | null,
): Promise<void> {
  let loadedBytes = 0;
  for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) {
    await out.write(next.value);
    if (subscriber.closed) return;
    loadedBytes += next.value.byteLength;
    subscriber.next({ loadedBytes, totalBytes: totalBytes() });
  }
  if (!subscriber.closed) await out.close();
}

/** Reads a file, or a part of it, as fast as the consumer asks; each iterator is a download of its own. */
export function iterateBytes(
  connection: SandboxConnection,
  path: string,
  options: DownloadOptions = {},
): AsyncIterable<Uint8Array> {
  const { highWaterMark, ...part } = readDownloadOptions(options);
  const parts = fileParts(connection, readRequest(path, part));
  return { [Symbol.asyncIterator]: () => pulledBytes(parts, highWaterMark) };
}

/** Reads a file, or a part of it, chunk by chunk as it arrives; each chunk owns its bytes. */
export function readBytesStream(
  connection: SandboxConnection,
  path: string,
  options: ReadStreamOptions = {},
): Observable<Uint8Array> {
  const parts = fileParts(connection, readRequest(path, readOptions(options, partReads)));
  return parts.pipe(
    filter((part): part is Extract<FilePart, { kind: "chunk" }> => part.kind === "chunk"),
    map(({ bytes }) => bytes.slice()),
  );
}
