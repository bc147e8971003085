import { ProtocolError } from "@rxsandbox/transport";
import { parseFileInfo, type FileInfo } from "./file-info.js";

/** Reads a list of files of the wire; throws a `ProtocolError` when it is none. */
export function parseFileList(value: unknown): readonly FileInfo[] {
  if (!Array.isArray(value)) throw new ProtocolError("The answer holds no list of files [protocol]");
  return value.map(parseFileInfo);
}
