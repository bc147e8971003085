import { isSandboxError } from "@rxsandbox/transport";
import { adaptiveDelay, retryWithPause } from "@rxsandbox/transport/calls";
import type { MonoTypeOperatorFunction } from "rxjs";

const PAUSE = { minMs: 100, maxMs: 2000 } as const;

/**
 * Repeats a vault write while the interception process is still starting, for `timeoutMs` in all: the sidecar looks at
 * that before it reads the request (`egress.md` 4.1), so nothing can happen twice. The pause is a fifth of the time
 * waited so far, from 100 ms to 2 s, spread by 20 %.
 */
export function waitUntilReady<T>(timeoutMs: number): MonoTypeOperatorFunction<T> {
  return retryWithPause((error, { elapsedMs }) => {
    const pauseMs = adaptiveDelay(PAUSE, elapsedMs);
    return isNotReady(error) && elapsedMs + pauseMs <= timeoutMs ? pauseMs : undefined;
  });
}

function isNotReady(error: unknown): boolean {
  return isSandboxError(error, "unavailable") && error.status === 412;
}
