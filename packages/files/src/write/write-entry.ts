import { integerFrom, objectOf, readText } from "@rxsandbox/transport/calls";
import { permissionReads, type Permission } from "../change/permission.js";
import { readData, type FileData } from "./file-data.js";
import type { FileSource } from "./file-source.js";
import type { FormPart } from "./form-layout.js";

/** One file to write. */
export interface WriteEntry extends Permission {
  readonly path: string;
  /** Empty when absent. */
  readonly data?: FileData;
  /**
   * Bytes of a stream, an iterable or an Observable, where you know them: announced to the server, and a source of
   * another size errors.
   */
  readonly size?: number;
}

const readEntry = objectOf({ ...permissionReads, data: anyData, size: integerFrom(0) }, { path: readText });

/** The two form parts of one file: its metadata and its bytes. */
export function toFormParts(argument: string, given: unknown): readonly [FormPart<Uint8Array>, FormPart<FileSource>] {
  const { data, size, ...metadata } = readEntry(argument, given);
  const content = readData(`${argument}.data`, data, size);
  return [
    { name: "metadata", contentType: "application/json", content: new TextEncoder().encode(JSON.stringify(metadata)) },
    { name: "file", contentType: "application/octet-stream", content },
  ];
}

/** What it is decides, together with its size, how it is read. */
function anyData(_path: string, value: unknown): unknown {
  return value;
}
