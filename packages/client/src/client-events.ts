import type { Observer } from "rxjs";
import type { ClientEvent } from "@rxsandbox/transport";

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

/** Writes one event of a client as a line. Events hold no secret: paths only, no headers, no bodies. */
export function debugLine(event: ClientEvent): string {
  switch (event.type) {
    case "request":
      return `-> ${event.method} ${event.path} (${event.requestId}${event.attempt > 1 ? `, attempt ${event.attempt}` : ""})`;
    case "response":
      return `<- ${event.status} ${event.method} ${event.path} ${Math.round(event.durationMs)} ms (${event.requestId})`;
    case "retry":
      return `.. ${event.method} ${event.path} again in ${Math.round(event.delayMs)} ms: ${event.cause.message} (${event.requestId})`;
    case "failed":
      return `!! ${event.method} ${event.path}: ${event.error.message} (${event.requestId})`;
    case "cleanup-failed":
      return `!! ${event.subject.kind} ${event.subject.id} may have been left behind: ${event.error.message}`;
  }
}
