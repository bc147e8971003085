import { isSandboxError } from "../errors/sandbox-error.js";
import { isTransportFailure } from "../errors/transport-failure.js";

/**
 * Tells whether the server may have begun the work of a POST that failed. When in doubt it may have: then what it may
 * have created is looked for, or reported.
 *
 * It has not where nothing was sent, nor after a refusal: an application that answers with an error has rolled back.
 * The error of a gateway in between, which has no server code, says nothing about what was passed on (`lifecycle.md`
 * 2.2).
 */
export function mayHaveBegun(error: unknown): boolean {
  if (!isSandboxError(error)) return true;
  const { cause, code, status, serverCode } = error;
  if (isTransportFailure(cause) && !cause.sent) return false;
  if (status === undefined) return code !== "unsupported" && code !== "invalid-argument";
  // A success whose body cannot be read is still a success.
  if (status < 300) return true;
  return status >= 500 && serverCode === undefined;
}
