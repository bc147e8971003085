import { ProtocolError } from "@rxsandbox/transport";
import { parseFileInfo, type FileInfo } from "./file-info.js";

/** Reads a list of files from an answer; throws a `ProtocolError` when it is malformed. */
export function parseFileList(value: unknown): readonly FileInfo[] {
  if (!Array.isArray(value)) throw new ProtocolError("the answer has no list of files");
  return value.map(parseFileInfo);
}
