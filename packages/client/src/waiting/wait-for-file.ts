import { catchError, concatMap, defer, of, throwError, type Observable } from "rxjs";
import type { FileInfo } from "@rxsandbox/files";
import { isSandboxError } from "@rxsandbox/transport";
import { adaptiveDelay, poll, readOptions, readSecondsAsMs, readText } from "@rxsandbox/transport/calls";
import { connectionOf } from "../sandbox-connection.js";
import type { Sandbox } from "../sandbox.js";
import { DEFAULT_WAIT_MS, PROBE_PACE, firstWithin, isNotYet, type Probing, type WaitOptions } from "./wait-options.js";

/**
 * Emits the info of a file or directory once there is one at a path, and completes.
 *
 * Producer: each subscription asks for the info of the path (`execd.md` 6) at once and then after pauses of 100 ms to
 * 2 s. A path that is missing means "not yet", and so do errors that may pass. The file may still be written: programs
 * that write to another name and rename it are on the safe side. Errors: `timeout` after `timeoutSeconds`, with the
 * last reason as its cause; `not-found` (a `SandboxGoneError`) when the sandbox is gone; other API errors, at once.
 * Unsubscribe ends the wait.
 *
 * @example
 * const started = await firstValueFrom(sandbox.commands.start("sleep 0.2; echo 1 > /tmp/ready"));
 * const { size } = await firstValueFrom(waitForFile(sandbox, "/tmp/ready"));
 * size <= 2; // => true
 */
export function waitForFile(sandbox: Sandbox, path: string, options: WaitOptions = {}): Observable<FileInfo> {
  const connection = connectionOf(sandbox);
  const what = `Wait for file ${readText("path", path)}`;
  const { timeoutSeconds: timeoutMs = DEFAULT_WAIT_MS } = readOptions(options, { timeoutSeconds: readSecondsAsMs });
  return defer(() => {
    const probing: Probing = {};
    const look = (): Observable<FileInfo | undefined> =>
      sandbox.files.getFileInfo([path]).pipe(
        concatMap((info) => of(Object.values(info)[0])),
        catchError((error: unknown) =>
          isNotYet(probing, error, (seen) => isSandboxError(seen, "not-found"))
            ? of(undefined)
            : throwError(() => error),
        ),
      );
    const found = poll(connection, look, {
      delayMs: ({ elapsedMs }) => adaptiveDelay(PROBE_PACE, elapsedMs),
      isLast: (info) => info !== undefined,
    }).pipe(concatMap((info) => (info === undefined ? [] : [info])));
    return firstWithin(found, { what, timeoutMs, probing });
  });
}
