import { catchError, of, retry, throwError, timer, type Observable } from "rxjs";
import { isSandboxError, type Api, type SandboxError } from "@rxsandbox/transport";

/** How long a background command may take to be registered after its `init` (`execd.md` 3.1). */
const REGISTRATION_MS = 1000;
const REPEAT_MS = 50;

/** Interrupts a command: SIGTERM, after 3 s SIGKILL; the answer may take that long (`execd.md` 3.2). */
export function interruptCommand(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Interrupt command", method: "DELETE", path: "/command", query: { id } });
}

/**
 * The same for somebody who wants it ended: a command that is over, or that the daemon does not know, is success.
 *
 * With `registersLate` the call is repeated for 1 s while the daemon does not know the id: a background command is registered only after
 * its `init`.
 */
export function ensureInterrupted(api: Api, id: string, registersLate = false): Observable<void> {
  const startedAt = Date.now();
  return interruptCommand(api, id).pipe(
    retry({
      delay: (error: unknown) => (registersLate && isUnknownCommand(error) && Date.now() - startedAt < REGISTRATION_MS ? timer(REPEAT_MS) : throwError(() => error)),
    }),
    catchError((error: unknown) => (isOver(error) ? of(undefined) : throwError(() => error))),
  );
}

function isOver(error: unknown): boolean {
  return isUnknownCommand(error) || (isSandboxError(error) && error.status === 500 && serverMessage(error).includes("is not running"));
}

function isUnknownCommand(error: unknown): boolean {
  return isSandboxError(error) && (error.status === 404 || (error.status === 500 && serverMessage(error).includes("no such session")));
}

function serverMessage(error: SandboxError): string {
  const { message } = Object(error.body) as { readonly message?: unknown };
  return typeof message === "string" ? message : error.message;
}
