import type { EventStream } from "../answers/event-stream.js";
import { startLongTimer } from "../../shared/long-timer.js";
import type { WorkerContext } from "../worker-context.js";

/** Keeps an answer open for the tail after its terminal event, then ends it (`execd.md` 2.4, 1 s tail). */
export async function endAfterTail(stream: EventStream, context: WorkerContext): Promise<void> {
  const tailMs = context.faults.has("slow-tail") ? Math.max(3000, 5 * context.config.tailMs) : context.config.tailMs;
  if (tailMs > 0 && stream.isWanted) {
    let cancel: () => void = () => {};
    const tail = new Promise<void>((resolve) => (cancel = startLongTimer(tailMs, resolve)));
    // Without a listener there is nothing to wait for, unless the pings of the tail matter.
    await (context.onBrokenWrite === undefined ? Promise.race([tail, stream.closed]) : tail);
    cancel();
  }
  stream.end();
}
