import { catchError, of, throwError, type MonoTypeOperatorFunction } from "rxjs";
import { isSandboxError } from "../errors/sandbox-error.js";

/** Turns `not-found` into success, for callers that only want the thing to be gone. */
export function ignoreNotFound(): MonoTypeOperatorFunction<void> {
  return catchError((error: unknown) => (isSandboxError(error, "not-found") ? of(undefined) : throwError(() => error)));
}
