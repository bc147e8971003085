import { Observable, type MonoTypeOperatorFunction } from "rxjs";
import { isSandboxError, type SandboxError } from "../errors/sandbox-error.js";
import { startLongTimer } from "../timer/long-timer.js";
import { mayPass, passingWaitMs } from "./may-pass.js";

/** How to survive errors. */
export interface Survival {
  /** Milliseconds of nothing but errors after which the last of them is passed on. */
  readonly giveUpMs: number;
  /** Which errors are survived; those of {@link mayPass} when absent. */
  readonly isSurvived?: (error: SandboxError) => boolean;
  /** Told before each wait; `attempt` counts the errors since the last value. */
  readonly onRetry?: (attempt: number, cause: SandboxError) => void;
}

/**
 * Subscribes again after errors that may pass, with backoff.
 *
 * The source says itself where it goes on: it is subscribed to anew. A value means that it works again. Errors: those
 * that do not pass, at once; the last of the others after `giveUpMs`. Unsubscribe ends the source or the wait.
 */
export function survive<T>(survival: Survival): MonoTypeOperatorFunction<T> {
  const { giveUpMs, isSurvived = mayPass, onRetry } = survival;
  return (source) =>
    new Observable((subscriber) => {
      let failures = 0;
      let failingSince = 0;
      const attempt = (): void => {
        if (subscriber.closed) return;
        subscriber.add(
          source.subscribe({
            next: (value) => {
              failures = 0;
              subscriber.next(value);
            },
            error: (error: unknown) => {
              if (failures === 0) failingSince = performance.now();
              failures += 1;
              const isOver = performance.now() - failingSince >= giveUpMs;
              if (isOver || !isSandboxError(error) || !isSurvived(error)) return subscriber.error(error);
              onRetry?.(failures, error);
              if (subscriber.closed) return;
              subscriber.add(startLongTimer(passingWaitMs(error, failures), attempt));
            },
            complete: () => subscriber.complete(),
          }),
        );
      };
      attempt();
    });
}
