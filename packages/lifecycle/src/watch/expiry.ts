import { Observable } from "rxjs";
import type { ServerClock } from "@rxsandbox/transport";
import type { SandboxInfo } from "../info/sandbox-info.js";

/** Looks four times a second, so that no second is skipped. */
const LOOK_MS = 250;

/**
 * Counts down to the expiry of a sandbox, in whole seconds by the server's clock: emits the seconds that are left, at
 * subscribe and then at each change, and completes after 0. A sandbox that never expires emits `null` and completes.
 * Sends nothing.
 */
export function countdown(
  clock: ServerClock,
  { expiresAt }: Pick<SandboxInfo, "expiresAt">,
): Observable<number | null> {
  return new Observable((subscriber) => {
    if (expiresAt === null) {
      subscriber.next(null);
      subscriber.complete();
      return;
    }
    let shown: number | undefined;
    const look = (): void => {
      const left = Math.max(0, Math.ceil((expiresAt.getTime() - clock.nowMs()) / 1000));
      if (left !== shown) subscriber.next((shown = left));
      if (left === 0) subscriber.complete();
    };
    const timer = setInterval(look, LOOK_MS);
    subscriber.add(() => clearInterval(timer));
    look();
  });
}
