import { filter, map, type Observable } from "rxjs";
import { readOptions } from "@rxsandbox/transport/calls";
import type { FilesContext } from "../files-context.js";
import { fileParts, type FilePart } from "./file-parts.js";
import { partReads, readRequest, type ReadStreamOptions } from "./read-options.js";

/** Reads a file, or a part of it, chunk by chunk as it arrives; each chunk owns its bytes. */
export function readBytesStream(
  { api, scope }: FilesContext,
  path: string,
  options: ReadStreamOptions = {},
): Observable<Uint8Array> {
  const parts = fileParts(api, readRequest(path, readOptions(options, partReads)));
  return scope.guard(
    parts.pipe(
      filter((part): part is Extract<FilePart, { kind: "chunk" }> => part.kind === "chunk"),
      map(({ bytes }) => bytes.slice()),
    ),
  );
}
