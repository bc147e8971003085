import { isSandboxError, type SandboxError } from "@rxsandbox/transport";

/**
 * Tells whether an error is an answer with this status and a server code that ends so: the part before `::` names the
 * runtime (divergence L19).
 */
export function hasServerCode(error: unknown, status: number, suffix: string): error is SandboxError {
  return (
    isSandboxError(error) &&
    error.status === status &&
    error.serverCode !== undefined &&
    error.serverCode.endsWith(suffix)
  );
}
