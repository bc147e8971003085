import { Observable, endWith, ignoreElements } from "rxjs";
import { isByteArray, type RequestBody } from "@rxsandbox/transport";
import { integerFrom, nonEmptyListOf, readOptions, type SandboxConnection } from "@rxsandbox/transport/calls";
import type { TransferProgress } from "../transfer-progress.js";
import { collectForm, joinContents } from "./collect-form.js";
import type { FileSource } from "./file-source.js";
import { FormBody } from "./form-body.js";
import { layoutForm, type FormLayout } from "./form-layout.js";
import { toFormParts, type WriteEntry } from "./write-entry.js";

/** How to write. */
export interface WriteOptions {
  /**
   * Bytes that may wait in memory; 64 MiB when absent, more fails with `limit-exceeded`. They count what an Observable
   * is ahead of the connection, and where the platform cannot send while it reads, as no browser can, all that comes
   * from streams.
   */
  readonly maxBufferedBytes?: number;
}

const DEFAULT_MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** Up to here a form is one piece: cheaper, and repeated when it did not leave. */
const SMALL_FORM_BYTES = 1024 * 1024;
const IDLE_TIMEOUT_MS = 30_000;
/** Of content of unknown size. */
const LONG_IDLE_TIMEOUT_MS = 300_000;
/** The daemon answers when all is on its disk (`execd.md` 6.1), which may be slow. */
const DISK_BYTES_PER_MS = 10_000;

/** Writes files in one request and emits how many bytes of content have been taken by the connection. */
export function upload(
  { api, scope, capabilities }: SandboxConnection,
  entries: readonly WriteEntry[],
  options: WriteOptions = {},
): Observable<TransferProgress> {
  const parts = nonEmptyListOf(toFormParts)("entries", entries).flat();
  const { maxBufferedBytes = DEFAULT_MAX_BUFFERED_BYTES } = readOptions(options, { maxBufferedBytes: integerFrom(1) });

  const uploading = new Observable<TransferProgress>((subscriber) => {
    const form = layoutForm<FileSource>(parts);
    const totalBytes = totalOf(form);
    let shown = -1;
    const show = (loadedBytes: number, total = totalBytes): void => {
      shown = loadedBytes;
      subscriber.next({ loadedBytes, totalBytes: total });
    };
    const body = new FormBody(form, { maxBufferedBytes, onLoaded: show });
    subscriber.add(() => body.cancel());
    const send = (content: RequestBody, contentLength?: number): void => {
      const call = api.empty({
        what: "Write files",
        method: "POST",
        path: "/files/upload",
        headers: { "content-type": form.contentType },
        body: content,
        ...(contentLength !== undefined && { contentLength }),
        timeoutMs: null,
        idleTimeoutMs:
          totalBytes === null ? LONG_IDLE_TIMEOUT_MS : IDLE_TIMEOUT_MS + Math.ceil(totalBytes / DISK_BYTES_PER_MS),
      });
      subscriber.add(
        call.subscribe({
          error: (error: unknown) => subscriber.error(body.failure === undefined ? error : body.failure.thrown),
          complete: () => {
            const loaded = totalBytes ?? Math.max(0, shown);
            if (shown !== loaded || totalBytes === null) show(loaded, loaded);
            subscriber.complete();
          },
        }),
      );
    };

    show(0);
    if (subscriber.closed) return;
    const whole = wholeContents(form);
    if (whole !== undefined && (!capabilities.streamingUpload || (totalBytes ?? Infinity) <= SMALL_FORM_BYTES))
      send(joinContents(whole));
    else if (capabilities.streamingUpload) send(body, totalBytes === null ? undefined : form.ownBytes + totalBytes);
    else
      subscriber.add(
        collectForm(form.segments, maxBufferedBytes).subscribe({
          next: (content) => send(content),
          error: (error: unknown) => subscriber.error(error),
        }),
      );
  });
  // As a whole: it may read its sources before it sends.
  return scope.guard(uploading);
}

/** The same without progress. */
export function writeFiles(
  connection: SandboxConnection,
  entries: readonly WriteEntry[],
  options?: WriteOptions,
): Observable<void> {
  return upload(connection, entries, options).pipe(ignoreElements(), endWith(undefined));
}

function totalOf({ segments }: FormLayout<FileSource>): number | null {
  let total = 0;
  for (const segment of segments) {
    if (isByteArray(segment)) continue;
    if (segment.size === undefined) return null;
    total += segment.size;
  }
  return total;
}

function wholeContents({ segments }: FormLayout<FileSource>): readonly (Uint8Array | Blob)[] | undefined {
  const contents = segments.map((segment) => (isByteArray(segment) ? segment : segment.whole));
  return contents.every((content) => content !== undefined) ? contents : undefined;
}
