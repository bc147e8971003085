import { retryWaitMs } from "../api/retry-wait-ms.js";
import type { SandboxError } from "../errors/sandbox-error.js";
import { isSandboxGone } from "../errors/sandbox-gone-error.js";

const BACKOFF = { baseDelayMs: 250, maxDelayMs: 5000, longestMs: 60_000 } as const;

/** Tells whether the same request may succeed later, without anybody having to do something about it. */
export function mayPass(error: SandboxError): boolean {
  if (isSandboxGone(error)) return false;
  const { code, status } = error;
  if (code === "network" || code === "timeout" || code === "unavailable" || code === "stream-truncated") return true;
  // A paused sandbox, and what gateways and proxies say in place of the daemon.
  return code === "invalid-state" || status === 502 || status === 503 || status === 504;
}

/** Calculates how many milliseconds to wait after so many errors in a row that may pass. */
export function passingWaitMs(error: SandboxError, attempt: number): number {
  return retryWaitMs(error, { ...BACKOFF, attempt }) ?? BACKOFF.longestMs;
}
