import { InvalidArgumentError } from "@rxsandbox/transport";
import type { FormPart } from "./multipart.js";
import { readPermission, type Permission } from "./change/permission.js";
import { readPath } from "./read-path.js";

/** What a file may be written from. */
export type FileData = string | Uint8Array | ArrayBuffer | Blob;

/** One file to write. */
export interface WriteEntry extends Permission {
  readonly path: string;
  /** Empty when absent; a string is written as UTF-8. Copied at the call. */
  readonly data?: FileData;
}

/** The two form parts of one file: its metadata, which needs a file name to be seen at all (`execd.md` 6.1), and its bytes. */
export function toFormParts(argument: string, entry: unknown): readonly [FormPart, FormPart] {
  if (typeof entry !== "object" || entry === null) throw new InvalidArgumentError(argument, "must be an object");
  const { path, data, ...permission } = entry as WriteEntry;
  const target = readPath(`${argument}.path`, path);
  const metadata = JSON.stringify({ path: target, ...readPermission(argument, permission) });
  return [
    { name: "metadata", filename: "metadata", contentType: "application/json", content: new TextEncoder().encode(metadata) },
    { name: "file", filename: target.split("/").findLast((segment) => segment !== "") ?? "file", contentType: "application/octet-stream", content: copyData(`${argument}.data`, data) },
  ];
}

function copyData(argument: string, data: unknown): Uint8Array | Blob {
  if (data === undefined) return new Uint8Array();
  if (typeof data === "string") return new TextEncoder().encode(data);
  if (data instanceof Uint8Array) return data.slice();
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  if (data instanceof Blob) return data;
  throw new InvalidArgumentError(argument, "must be a string, a Uint8Array, an ArrayBuffer or a Blob");
}
