import { catchError, of, throwError, type Observable } from "rxjs";
import type { Api, SandboxError } from "@rxsandbox/transport";
import { hasStatus, retryWithPause } from "@rxsandbox/transport/calls";

/**
 * Pauses while a background command may not be registered yet: 1 s after its `init` (`execd.md` 3.1), in few calls
 * (`measured.md` 2.2).
 */
export const REGISTRATION_PAUSES_MS = [50, 100, 200, 300, 350] as const;

/** Interrupts a command: SIGTERM, after 3 s SIGKILL; the answer may take that long (`execd.md` 3.2). */
export function interruptCommand(api: Api, id: string): Observable<void> {
  return interruptAt(api, "/command", id);
}

/** The same route by the path of code (`execd.md` 5): an interrupt of the kernel where the id is a context's. */
export function interruptCode(api: Api, id: string): Observable<void> {
  return interruptAt(api, "/code", id);
}

function interruptAt(api: Api, path: "/command" | "/code", id: string): Observable<void> {
  return api.empty({
    what: path === "/code" ? "Interrupt code" : "Interrupt command",
    method: "DELETE",
    path,
    query: { id },
  });
}

/**
 * Interrupts a command for somebody who wants it ended: a command that is over, or that the daemon does not know, is
 * success.
 *
 * With `registersLate` the call is repeated for 1 s while the daemon does not know the id: a background command is
 * registered only after its `init`. One that stays unknown is a failure then, since nobody can tell whether it runs.
 */
export function ensureInterrupted(api: Api, id: string, registersLate = false): Observable<void> {
  return ensured(interruptCommand(api, id), registersLate);
}

/** Interrupts code for somebody who wants it ended: a context that is gone is success. */
export function ensureCodeInterrupted(api: Api, id: string): Observable<void> {
  return ensured(interruptCode(api, id), false);
}

function ensured(interrupt: Observable<void>, registersLate: boolean): Observable<void> {
  return interrupt.pipe(
    retryWithPause((error, { attempt }) =>
      registersLate && (hasStatus(error, 404) || isUnknown(error)) ? REGISTRATION_PAUSES_MS[attempt - 1] : undefined,
    ),
    catchError((error: unknown) =>
      hasStatus(error, 404) || isOver(error) || (isUnknown(error) && !registersLate)
        ? of(undefined)
        : throwError(() => error),
    ),
  );
}

function isOver(error: unknown): boolean {
  return hasStatus(error, 500) && serverMessage(error).includes("is not running");
}

/** What execd says of an id that it does not know, or not yet (`execd.md` 3.2). */
function isUnknown(error: unknown): boolean {
  return hasStatus(error, 500) && serverMessage(error).includes("no such session");
}

function serverMessage(error: SandboxError): string {
  const { message } = Object(error.body) as { readonly message?: unknown };
  return typeof message === "string" ? message : error.message;
}
