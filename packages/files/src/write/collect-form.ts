import { Observable } from "rxjs";
import { SandboxError, isByteArray } from "@rxsandbox/transport";
import type { FileSource } from "./file-source.js";
import { FormBody } from "./form-body.js";
import { joinBytes, type FormLayout } from "./form-layout.js";

/**
 * Emits a form as one body, for platforms that cannot send one while it is read. Contents in memory and Blobs stay what
 * they are.
 *
 * Errors with what a source threw; `limit-exceeded` when what has to be read is more than `maxBufferedBytes`.
 * Unsubscribe gives up the sources.
 */
export function collectForm(
  segments: FormLayout<FileSource>["segments"],
  maxBufferedBytes: number,
): Observable<Uint8Array | Blob> {
  return new Observable((subscriber) => {
    const contents = segments.map((segment) => {
      if (isByteArray(segment)) return segment;
      return segment.whole ?? new FormBody({ segments: [segment] }, { maxBufferedBytes, onLoaded: () => undefined });
    });
    subscriber.add(() => {
      for (const content of contents) if (content instanceof FormBody) content.cancel();
    });
    readAll(contents, maxBufferedBytes).then(
      (body) => {
        subscriber.next(body);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}

/** The contents as one body; whatever is a Blob keeps its bytes where they are. */
export function joinContents(contents: readonly (Uint8Array | Blob)[]): Uint8Array | Blob {
  return contents.some((content) => content instanceof Blob)
    ? new Blob(contents as ConstructorParameters<typeof Blob>[0])
    : joinBytes(contents as readonly Uint8Array[]);
}

async function readAll(
  contents: readonly (Uint8Array | Blob | FormBody)[],
  maxBytes: number,
): Promise<Uint8Array | Blob> {
  const whole: (Uint8Array | Blob)[] = [];
  let bytes = 0;
  for (const content of contents) {
    if (!(content instanceof FormBody)) {
      whole.push(content);
      continue;
    }
    for await (const piece of content) {
      bytes += piece.byteLength;
      if (bytes > maxBytes)
        throw new SandboxError("limit-exceeded", {
          what: "Write files",
          detail: `more than ${maxBytes} bytes, and this platform cannot send them while they are read`,
        });
      whole.push(piece);
    }
  }
  return joinContents(whole);
}
