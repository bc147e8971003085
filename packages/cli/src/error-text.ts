import { isSandboxError } from "@rxsandbox/client";

/**
 * One or two lines that tell a person what failed and, where there is one, the request id to ask the operator about.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return `rxsandbox: ${String(error)}\n`;
  const requestId =
    isSandboxError(error) && error.status !== undefined && error.requestId !== undefined
      ? ` (request ${error.requestId})`
      : "";
  const cause =
    error.cause instanceof Error && !error.message.includes(error.cause.message)
      ? `\n  caused by: ${error.cause.message}`
      : "";
  return `rxsandbox: ${error.message}${requestId}${cause}\n`;
}
