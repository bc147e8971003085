import type { Observer } from "rxjs";
import type { ClientEvent } from "../ports/client-event.js";

/**
 * Hands an event to the observer; what that throws is reported as an uncaught error of its own and does not touch the
 * call it is about.
 */
export function emitEvent(events: Partial<Observer<ClientEvent>> | undefined, event: ClientEvent): void {
  try {
    events?.next?.(event);
  } catch (thrown) {
    setTimeout(() => {
      throw thrown;
    });
  }
}
