import type { StreamChunk } from "@rxsandbox/transport";
import { filter, map, type Observable } from "rxjs";
import type { FilesContext } from "../files-context.js";
import { readPath } from "../read-path.js";
import { fileParts } from "./file-parts.js";
import { ownBytes } from "./own-bytes.js";
import { readRequest, type ReadStreamOptions } from "./read-options.js";

/** Reads a file, or a part of it, chunk by chunk as it arrives; each chunk owns its bytes. */
export function readBytesStream({ api, scope }: FilesContext, path: string, options: ReadStreamOptions = {}): Observable<Uint8Array> {
  const parts = fileParts(api, readRequest(readPath("path", path), options));
  return scope.guard(
    parts.pipe(
      filter((part): part is StreamChunk => part.kind === "chunk"),
      map(ownBytes),
    ),
  );
}
