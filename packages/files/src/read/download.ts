import { Observable, type Subscriber } from "rxjs";
import type { FilesContext } from "../files-context.js";
import { readCount } from "../read-count.js";
import { readPath } from "../read-path.js";
import type { TransferProgress } from "../transfer-progress.js";
import { readSink, type ByteSink, type OpenSink } from "./byte-sink.js";
import { fileParts } from "./file-parts.js";
import { DEFAULT_HIGH_WATER_MARK } from "./iterate-bytes.js";
import { pulledBytes } from "./pulled-bytes.js";
import { readRequest, type DownloadOptions } from "./read-options.js";

/** Hands a file, or a part of it, to a sink as fast as it takes it, and emits how far it is. */
export function download(
  { api, scope }: FilesContext,
  path: string,
  sink: ByteSink,
  options: DownloadOptions = {},
): Observable<TransferProgress> {
  const parts = scope.guard(fileParts(api, readRequest(readPath("path", path), options)));
  const open = readSink("sink", sink);
  const highWaterMark = readCount("highWaterMark", options.highWaterMark) ?? DEFAULT_HIGH_WATER_MARK;
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
