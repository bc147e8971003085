import type { ExecutionEvent } from "@rxsandbox/protocol";

/** The event as its frame carried it, without what the run adds about itself. */
export function asSent(event: ExecutionEvent): ExecutionEvent {
  if (event.type !== "error" && event.type !== "execution_complete") return event;
  const { run: _, ...sent } = event;
  return sent;
}
