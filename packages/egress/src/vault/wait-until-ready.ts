import { after, isSandboxError } from "@rxsandbox/transport";
import { adaptiveDelay } from "@rxsandbox/transport/calls";
import { defer, retry, throwError, type Observable } from "rxjs";

const PAUSE = { minMs: 100, maxMs: 2000 } as const;

/**
 * Repeats a vault write while the interception process is still starting, for `timeoutMs` in all: the sidecar looks at
 * that before it reads the request (`egress.md` 4.1), so nothing can happen twice. The pause is a fifth of the time
 * waited so far, from 100 ms to 2 s, spread by 20 %.
 */
export function waitUntilReady<T>(write: Observable<T>, timeoutMs: number): Observable<T> {
  return defer(() => {
    const startedMs = performance.now();
    return write.pipe(
      retry({
        delay: (error: unknown) => {
          const elapsedMs = performance.now() - startedMs;
          const pauseMs = adaptiveDelay(PAUSE, elapsedMs);
          return isNotReady(error) && elapsedMs + pauseMs <= timeoutMs ? after(pauseMs) : throwError(() => error);
        },
      }),
    );
  });
}

function isNotReady(error: unknown): boolean {
  return isSandboxError(error, "unavailable") && error.status === 412;
}
