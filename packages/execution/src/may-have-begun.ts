import { isSandboxError, isTransportFailure } from "@rxsandbox/transport";

/**
 * Tells whether the work of a failed POST may have begun on the server: not where nothing was sent, nor after execd's own refusal.
 * An error of a gateway in between, which has no code, says nothing about what it passed on.
 */
export function mayHaveBegun(error: unknown): boolean {
  if (!isSandboxError(error)) return true;
  if (isTransportFailure(error.cause) && !error.cause.sent) return false;
  if (error.status === undefined) return error.code !== "unsupported";
  // A success that cannot be read is one all the same.
  if (error.status < 300) return true;
  return error.status >= 500 && error.serverCode === undefined;
}
