import { isSandboxError, type SandboxError } from "../errors/sandbox-error.js";

/**
 * Tells whether an error is an answer with this status, and with a server code that ends so where one is given: the
 * part before `::` names the runtime (divergence L19).
 */
export function hasStatus(error: unknown, status: number, serverCodeEnd = ""): error is SandboxError {
  return isSandboxError(error) && error.status === status && (error.serverCode ?? "").endsWith(serverCodeEnd);
}
