import type { DrainableBody } from "../ports/scope.js";
import { startLongTimer } from "../timer/long-timer.js";

const MAX_DRAINS = 4;
const MAX_DRAIN_MS = 2000;
const MAX_DRAIN_BYTES = 256 * 1024;
const LOOK_MS = 50;

/** The rests of bodies that are read to their end so that the connection can be reused. */
export interface Drains {
  /** Reads the body to its end within the bounds, else aborts it. */
  take(body: DrainableBody, isRefused: boolean): void;
  /** Aborts them all. */
  close(): void;
}

/**
 * Creates an empty set of drains.
 *
 * Bounds: 4 bodies at a time, 2 s each, 256 KiB each as seen by a look every 50 ms. Its timers do not keep a process alive.
 */
export function createDrains(): Drains {
  const bodies = new Set<DrainableBody>();

  function take(body: DrainableBody, isRefused: boolean): void {
    const { subscription } = body;
    if (subscription.closed) return;
    if (isRefused || bodies.size >= MAX_DRAINS) {
      subscription.unsubscribe();
      return;
    }
    bodies.add(body);
    body.detach();
    let waitedMs = 0;
    let cancel = (): void => undefined;
    const look = (): void => {
      if (waitedMs >= MAX_DRAIN_MS || body.bytes() > MAX_DRAIN_BYTES) {
        subscription.unsubscribe();
        return;
      }
      waitedMs += LOOK_MS;
      cancel = startLongTimer(LOOK_MS, look, { unref: true });
    };
    subscription.add(() => {
      bodies.delete(body);
      cancel();
    });
    look();
  }

  return {
    take,
    close: () => {
      for (const { subscription } of [...bodies]) subscription.unsubscribe();
    },
  };
}
