import type { Observer } from "rxjs";
import type { ClientEvent } from "@rxsandbox/transport";
import { debugLine } from "./debug-line.js";

/** Where a client reports to: the console when asked for, and the caller's observer. */
export function createClientEvents(
  observer: Partial<Observer<ClientEvent>> | undefined,
  debug: boolean,
): Observer<ClientEvent> {
  return {
    next: (event) => {
      if (debug) console.debug(`[rxsandbox] ${debugLine(event)}`);
      observer?.next?.(event);
    },
    error: (error: unknown) => observer?.error?.(error),
    complete: () => observer?.complete?.(),
  };
}
