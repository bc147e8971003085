import { RefusedRequest } from "../answers/answer.js";
import { errnoCode, errnoText } from "../system/go-errno.js";

/** A failed system call as the daemon answers it: 404 for a missing file, else 500 (`execd.md` 6). */
export function fileFailure(error: unknown, call: string, path: string, missingPrefix = ""): RefusedRequest {
  const text = `${call} ${path}: ${errnoText(error)}`;
  if (errnoCode(error) === "ENOENT")
    return new RefusedRequest(404, "FILE_NOT_FOUND", `file not found. ${missingPrefix}${text}`);
  return new RefusedRequest(500, "RUNTIME_ERROR", `error accessing file: ${text}`);
}
