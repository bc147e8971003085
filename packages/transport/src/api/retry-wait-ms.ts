import { retryDelayMs, type RetryDelayQuestion } from "@rxsandbox/protocol";
import type { SandboxError } from "../errors/sandbox-error.js";

/** A wait: the delays of the caller, and the longest that a server may ask for; `maxDelayMs` when absent. */
export interface RetryWait extends Pick<RetryDelayQuestion, "attempt" | "baseDelayMs" | "maxDelayMs"> {
  readonly longestMs?: number;
}

/**
 * Calculates how many milliseconds to wait before a call that failed so is repeated: its backoff, and at least what the
 * server asked for. `undefined` when the server asks for longer than may be waited: earlier it would only refuse again.
 */
export function retryWaitMs(error: SandboxError, { longestMs, ...delays }: RetryWait): number | undefined {
  const askedMs = 1000 * (error.retryAfterSeconds ?? 0);
  if (askedMs > (longestMs ?? delays.maxDelayMs)) return undefined;
  return Math.max(askedMs, retryDelayMs({ ...delays, random: Math.random }));
}
