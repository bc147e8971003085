import { SandboxError, isSandboxError } from "@rxsandbox/transport";
import { hasEnded, isUnknownSandbox } from "../info/sandbox-fate.js";
import type { SandboxInfo } from "../info/sandbox-info.js";

/** The error of a sandbox that will never be ready, or nothing. */
export function failureOf(info: SandboxInfo): SandboxError | undefined {
  if (!hasEnded(info)) return undefined;
  const { id, status } = info;
  const reason = status.reason === undefined ? "" : ` (${status.reason})`;
  return new SandboxError("sandbox-failed", `Sandbox ${id} is ${status.state}${reason}`);
}

/**
 * Tells whether a failure of a lifecycle API call ends the wait for a sandbox; a 404 does only where it names the
 * sandbox.
 */
export function answerIsFinal(error: unknown): boolean {
  if (!isSandboxError(error)) return false;
  switch (error.code) {
    case "unauthorized":
    case "forbidden":
    case "protocol":
    case "closed":
      return true;
    default:
      return isUnknownSandbox(error);
  }
}

/** The same error, or one of this library that has it as its cause. */
export function asSandboxError(error: unknown): SandboxError {
  return isSandboxError(error) ? error : new SandboxError("unavailable", "The health check failed", { cause: error });
}
