import { filter, map, type Observable } from "rxjs";
import { readOptions, type SandboxConnection } from "@rxsandbox/transport/calls";
import { fileParts, type FilePart } from "./file-parts.js";
import { partReads, readRequest, type ReadStreamOptions } from "./read-options.js";

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
