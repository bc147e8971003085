import { catchError, defer, map, of, share, throwError, type Observable } from "rxjs";
import { isSandboxError, type Api, type SandboxFate } from "@rxsandbox/transport";
import { getInfo } from "../calls/sandbox-calls.js";
import type { SandboxInfo } from "./sandbox-info.js";

/** Whether a sandbox in this state has ended for good (`lifecycle.md` 6). */
export function hasEnded({ status: { state } }: SandboxInfo): boolean {
  return state === "Failed" || state === "Terminated";
}

/** Whether the server says that it knows no such sandbox, rather than no such route. */
export function isUnknownSandbox(error: unknown): boolean {
  return (
    isSandboxError(error) &&
    error.status === 404 &&
    error.serverCode !== undefined &&
    error.serverCode.endsWith("SANDBOX_NOT_FOUND")
  );
}

/**
 * Reads what became of a sandbox: its state, and whether it has ended for good.
 *
 * Producer: subscriptions at the same time share one request. Errors when the state cannot be read.
 */
export function sandboxFate(api: Api, sandboxId: string): Observable<SandboxFate> {
  return defer(() => getInfo(api, sandboxId)).pipe(
    map((info): SandboxFate => ({ sandboxId, state: info.status.state, isGone: hasEnded(info) })),
    catchError((error: unknown) =>
      isUnknownSandbox(error) ? of({ sandboxId, state: undefined, isGone: true }) : throwError(() => error),
    ),
    share(),
  );
}
