import { Observable, type MonoTypeOperatorFunction } from "rxjs";

/**
 * Reasons of aborts, shared by every copy of this package in the program: an application may load both of its builds.
 */
const reasons = ((globalThis as { [key: symbol]: WeakSet<object> | undefined })[
  Symbol.for("rxsandbox.dev/abortReasons")
] ??= new WeakSet());

/**
 * Whether an error is the reason of a signal that `abortWith` obeyed. A reason that is not an object looks like any
 * other error.
 */
export function isAbort(error: unknown): boolean {
  return typeof error === "object" && error !== null && reasons.has(error);
}

/**
 * Errors with `signal.reason` when the signal aborts, and unsubscribes from the source, which for a run ends the remote
 * command.
 */
export function abortWith<T>(signal: AbortSignal): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const abort = (): void => {
        const reason: unknown = signal.reason;
        if (typeof reason === "object" && reason !== null) reasons.add(reason);
        subscriber.error(reason);
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      subscriber.add(() => signal.removeEventListener("abort", abort));
      subscriber.add(
        source.subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}
