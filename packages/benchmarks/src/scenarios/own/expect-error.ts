import { isSandboxError, type SandboxError, type SandboxErrorCode } from "@rxsandbox/client";
import { catchError, defer, ignoreElements, of, throwError, throwIfEmpty, type Observable } from "rxjs";

/** Runs work that has to fail with the given code, thrown at the call or notified; emits that error. */
export function expectError(work: () => Observable<unknown>, code: SandboxErrorCode): Observable<SandboxError> {
  return defer(work).pipe(
    ignoreElements(),
    catchError((error: unknown) => (isSandboxError(error, code) ? of(error) : throwError(() => error))),
    throwIfEmpty(() => new Error(`expected the error ${code}`)),
  );
}
