import { stat } from "node:fs/promises";

import { RefusedRequest } from "../answers/answer.js";
import type { Confinement } from "./confinement.js";
import { errnoCode, errnoText } from "./go-errno.js";
import { type PathContext, resolvePath } from "./resolve-path.js";

/**
 * Resolves the working directory a request asks for; an absent or empty one is the daemon's.
 *
 * Throws the 400 of `execd.md` 3.1, its message behind `prefix`, when it cannot be used.
 */
export async function resolveWorkingDirectory(
  cwd: string | undefined,
  prefix: string,
  context: PathContext,
  confinement: Confinement,
): Promise<string> {
  if (cwd === undefined || cwd === "") return context.workingDirectory;
  const refuse = (message: string): RefusedRequest =>
    new RefusedRequest(400, "INVALID_REQUEST_BODY", `${prefix}${message}`);
  let path: string;
  try {
    path = resolvePath(cwd, context);
  } catch (error) {
    throw refuse(`cannot resolve working directory ${JSON.stringify(cwd)}: ${(error as Error).message}`);
  }
  if (!(await confinement.allows(path)))
    throw refuse(`cannot access working directory ${JSON.stringify(path)}: outside the sandbox`);
  try {
    if ((await stat(path)).isDirectory()) return path;
  } catch (error) {
    if (errnoCode(error) === "ENOENT")
      throw refuse(`working directory does not exist: ${path}: stat ${path}: ${errnoText(error)}`);
    throw refuse(`cannot access working directory ${JSON.stringify(path)}: stat ${path}: ${errnoText(error)}`);
  }
  throw refuse(`working directory path is not a directory: ${path}`);
}
