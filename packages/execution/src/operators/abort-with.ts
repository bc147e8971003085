import { Observable, type MonoTypeOperatorFunction } from "rxjs";

/** Errors with `signal.reason` when the signal aborts, and unsubscribes from the source, which for a run ends the remote command. */
export function abortWith<T>(signal: AbortSignal): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      if (signal.aborted) {
        subscriber.error(signal.reason);
        return;
      }
      const abort = (): void => subscriber.error(signal.reason);
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
