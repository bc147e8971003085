import { readPermission, type Permission } from "../change/permission.js";
import { readCount } from "../read-count.js";
import { readObject } from "../read-object.js";
import { readPath } from "../read-path.js";
import { readData, type FileData } from "./file-data.js";
import type { FileSource } from "./file-source.js";
import type { FormPart } from "./form-layout.js";

/** One file to write. */
export interface WriteEntry extends Permission {
  readonly path: string;
  /** Empty when absent. */
  readonly data?: FileData;
  /** Bytes of a stream, an iterable or an Observable, where you know them: announced to the server, and a source of another size errors. */
  readonly size?: number;
}

/** The two form parts of one file: its metadata and its bytes. */
export function toFormParts(argument: string, given: unknown): readonly [FormPart<Uint8Array>, FormPart<FileSource>] {
  const { path, data, size, ...permission } = readObject<WriteEntry>(argument, given);
  const target = readPath(`${argument}.path`, path);
  const metadata = JSON.stringify({ path: target, ...readPermission(argument, permission) });
  const content = readData(`${argument}.data`, data, readCount(`${argument}.size`, size, 0));
  return [
    { name: "metadata", contentType: "application/json", content: new TextEncoder().encode(metadata) },
    { name: "file", contentType: "application/octet-stream", content },
  ];
}
