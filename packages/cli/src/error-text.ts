import { isSandboxError } from "@rxsandbox/client";

/**
 * One or two lines that tell a person what failed and, where there is one, the request id to ask the operator about.
 *
 * The message of a `SandboxError` tells its cause already; the cause of another error gets a line of its own.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return `rxsandbox: ${String(error)}\n`;
  if (isSandboxError(error)) {
    const { status, requestId } = error;
    const request = status === undefined || requestId === undefined ? "" : ` (request ${requestId})`;
    return `rxsandbox: ${error.message}${request}\n`;
  }
  const cause =
    error.cause instanceof Error && !error.message.includes(error.cause.message)
      ? `\n  caused by: ${error.cause.message}`
      : "";
  return `rxsandbox: ${error.message}${cause}\n`;
}
